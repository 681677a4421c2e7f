using System.Buffers;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>A put that waits for its signature or certificate to be checked: its own copy of the value, and all that is needed to finish.</summary>
/// <remarks>Owned by one side at a time: the worker, the queue, the verification thread, the worker again. The queues between them order the accesses.</remarks>
internal sealed class PendingPut(PendingPuts home)
{
    private byte[] _buffer = [];

    /// <summary>Where it returns to when it is checked.</summary>
    public PendingPuts Home { get; } = home;

    public InfoHash Key { get; private set; }

    public SlotInfo Slot { get; private set; }

    public Acknowledgement Owed { get; private set; }

    /// <summary>What the check said.</summary>
    public StoreVerdict Verdict { get; set; }

    /// <summary>Bytes of the packed value.</summary>
    public int Bytes { get; private set; }

    /// <summary>The canonical packed value.</summary>
    public ReadOnlySpan<byte> Packed => _buffer.AsSpan(0, Bytes);

    public void Fill(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, in Acknowledgement owed)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(packed.Length);
        packed.CopyTo(_buffer);
        Bytes = packed.Length;
        Key = key;
        Slot = slot;
        Owed = owed;
        Verdict = StoreVerdict.Verify;
    }

    /// <summary>Gives the copy back.</summary>
    public void Clear()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Bytes = 0;
    }
}
