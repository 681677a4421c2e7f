using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Store;

/// <summary>Copies what it is shown.</summary>
internal sealed class Collector(int stopAfter = int.MaxValue) : IValueVisitor
{
    public List<(SlotInfo Slot, byte[] Packed)> Seen { get; } = [];

    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Seen.Add((slot, packed.ToArray()));
        return Seen.Count < stopAfter;
    }
}

/// <summary>Adds up what it is shown and allocates nothing.</summary>
internal sealed class Summer : IValueVisitor
{
    public long Bytes { get; private set; }

    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Bytes += packed.Length;
        return true;
    }
}

/// <summary>Refreshes equal bytes, else does what it is told, and remembers what it was asked.</summary>
internal sealed class Policy(EditDecision whenDifferent) : IEditPolicy
{
    public static readonly Policy Replacing = new(EditDecision.Replace);
    public static readonly Policy Refusing = new(EditDecision.Refuse);

    public SlotInfo OldSlot;
    public SlotInfo NewSlot;
    public int Asked;

    public EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked)
    {
        OldSlot = oldSlot;
        NewSlot = newSlot;
        Asked++;
        return oldPacked.SequenceEqual(newPacked) ? EditDecision.Refresh : whenDifferent;
    }
}

/// <summary>Remembers what left the store.</summary>
internal sealed class Observer : IStoreObserver
{
    private readonly Lock _lock = new();
    private readonly List<(InfoHash Key, ulong ValueId, RemovalReason Reason)> _removed = [];
    private int _committed;

    public int CommittedCalls => Volatile.Read(ref _committed);

    public (InfoHash Key, ulong ValueId, RemovalReason Reason)[] Removals
    {
        get
        {
            lock (_lock) return [.. _removed];
        }
    }

    public void Committed() => Interlocked.Increment(ref _committed);

    public void Removed(in InfoHash key, ulong valueId, RemovalReason reason)
    {
        lock (_lock) _removed.Add((key, valueId, reason));
    }
}
