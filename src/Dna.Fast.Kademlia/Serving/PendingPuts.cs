using System.Collections.Concurrent;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>One worker's puts that need a signature or a certificate checked: what can be decided at once is, the rest waits for the verification threads.</summary>
/// <remarks>Worker thread, but for <see cref="Return"/> and <see cref="Count"/>. How many wait is bounded by the <see cref="VerificationQueue"/>.</remarks>
internal sealed class PendingPuts(NodeContext context, CounterSet counters, VerificationQueue queue, SlotWriter writer)
{
    /// <summary>Spare objects kept: as many as a busy second leaves behind; the rest is garbage.</summary>
    private const int SpareMax = 256;

    private readonly StoredPeek _peek = new(context.Verifier);
    private readonly HashSet<(InfoHash Key, Acknowledgement Owed)> _underWay = [];
    private readonly ConcurrentQueue<PendingPut> _checked = new();
    private readonly Stack<PendingPut> _spare = new();
    private volatile Action? _wake;
    private int _count;

    /// <summary>Puts not finished yet. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Attach(Action wake) => _wake = wake;

    /// <summary>Takes a value whose signature or certificate is to be checked.</summary>
    /// <param name="buffer">Holds the canonical packed value in its first <paramref name="bytes"/> bytes; copied.</param>
    public void Add(in InfoHash key, in SlotInfo slot, byte[] buffer, int bytes, in Acknowledgement owed, in Instant now, IDatagramSink sink)
    {
        switch (_peek.Look(context.Store, key, slot, buffer, bytes, now.UnixMs))
        {
            // Nothing is stored by a refresh, so nothing need be verified.
            case PeekResult.Equal when writer.Refresh(key, slot.ValueId, slot.Type, owed, now, sink):
                return;
            case PeekResult.Refused:
                writer.Refuse(_peek.RefusalCounter, owed, sink);
                return;
        }

        // A retransmitted put is answered by the acknowledgement of the first.
        if (!_underWay.Add((key, owed))) return;
        PendingPut put = _spare.Count > 0 ? _spare.Pop() : new PendingPut(this);
        put.Fill(key, slot, buffer.AsSpan(0, bytes), owed);
        Volatile.Write(ref _count, _count + 1);
        if (queue.TryAdd(put)) return;
        counters.Add(Counter.DropVerifyQueueFull);
        Forget(put);
    }

    /// <summary>A checked put comes back. Any thread.</summary>
    public void Return(PendingPut put)
    {
        _checked.Enqueue(put);
        _wake?.Invoke();
    }

    /// <summary>Finishes what was checked.</summary>
    public void Finish(in Instant now, IDatagramSink sink)
    {
        while (_checked.TryDequeue(out PendingPut? put))
        {
            if (put.Verdict == StoreVerdict.Store) writer.Put(put.Key, put.Slot, put.Packed, isVerified: true, put.Owed, now, sink);
            else writer.Refuse(StorePolicy.CounterOf(put.Verdict), put.Owed, sink);
            Forget(put);
        }
    }

    private void Forget(PendingPut put)
    {
        _underWay.Remove((put.Key, put.Owed));
        put.Clear();
        if (_spare.Count < SpareMax) _spare.Push(put);
        Volatile.Write(ref _count, _count - 1);
    }
}
