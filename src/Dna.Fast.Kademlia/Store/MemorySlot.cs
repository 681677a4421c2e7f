using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Store;

/// <summary>One value of a <see cref="MemoryValueStore"/>: member of its key's list and of two expiry heaps at once.</summary>
internal sealed class MemorySlot(MemoryKey key, SlotInfo info, byte[] packed, long sequence)
{
    private int _positionInAll = -1;
    private int _positionInSource = -1;

    public MemoryKey Key { get; } = key;

    public SlotInfo Info = info;

    public byte[] Packed = packed;

    /// <summary>Order of first storage, which breaks ties between equal expiries so that a simulation replays.</summary>
    public long Sequence { get; } = sequence;

    public MemorySource? Source;

    public MemorySlot? Next;

    public MemorySlot? Previous;

    /// <summary>What the slot costs: its bytes and the objects around them.</summary>
    public long Charge => Packed.Length + MemoryValueStore.SlotOverheadBytes;

    /// <summary>Where the slot sits in the heap of all slots or in the heap of its source; -1: nowhere.</summary>
    public ref int Position(ExpiryHeap.Scope scope) =>
        ref scope == ExpiryHeap.Scope.All ? ref _positionInAll : ref _positionInSource;
}

/// <summary>The slots under one infohash, in order of first storage.</summary>
internal sealed class MemoryKey(InfoHash hash)
{
    public readonly InfoHash Hash = hash;

    public MemorySlot? First { get; private set; }

    public MemorySlot? Last { get; private set; }

    public int Count { get; private set; }

    public void Append(MemorySlot slot)
    {
        slot.Previous = Last;
        if (Last is null) First = slot;
        else Last.Next = slot;
        Last = slot;
        Count++;
    }

    public void Unlink(MemorySlot slot)
    {
        if (slot.Previous is null) First = slot.Next;
        else slot.Previous.Next = slot.Next;
        if (slot.Next is null) Last = slot.Previous;
        else slot.Next.Previous = slot.Previous;
        slot.Next = slot.Previous = null;
        Count--;
    }
}

/// <summary>What one source prefix occupies.</summary>
internal sealed class MemorySource(SourcePrefix prefix)
{
    public SourcePrefix Prefix { get; } = prefix;

    public ExpiryHeap Slots { get; } = new(ExpiryHeap.Scope.Source);

    public long Charge { get; set; }
}
