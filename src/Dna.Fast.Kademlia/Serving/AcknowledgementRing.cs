using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Acknowledgements that wait for the store's commit, in the order of their puts. One worker's thread; preallocated.</summary>
/// <remarks>
/// No commit is missed: <see cref="Count"/> is written before <see cref="Drain"/> reads the committed ticket, with a full fence between them, and
/// <see cref="StoreEvents"/> reads the count after the ticket rose, with a full fence between them; so at least one of the two sees the other.
/// </remarks>
internal sealed class AcknowledgementRing(IValueStore store, CounterSet counters, Replies replies)
{
    private readonly Entry[] _entries = new Entry[ServingLimits.AcknowledgementsMax];
    private int _first;
    private int _count;
    private bool _isCommitWanted;

    private record struct Entry(long Ticket, long OwedSinceMs, Acknowledgement What);

    /// <summary>Acknowledgements owed. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Owes one until <paramref name="ticket"/> is committed. A full ring drops and counts: the requester tries again.</summary>
    public void Add(long ticket, in Acknowledgement what, long nowMs)
    {
        _isCommitWanted = true;
        if (_count == _entries.Length)
        {
            counters.Add(Counter.DropAcknowledgementFull);
            return;
        }

        _entries[(_first + _count) % _entries.Length] = new Entry(ticket, nowMs, what);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>After each batch: has the store commit what was put in it; sends what is committed; drops what the requester has given up.</summary>
    /// <returns>When to call again at the latest, in the milliseconds of <see cref="Instant.Ms"/>.</returns>
    public long Drain(long nowMs, IDatagramSink sink)
    {
        if (_count == 0) return long.MaxValue;
        if (_isCommitWanted)
        {
            // Once for all puts of the batch: one asked for at the first of them would find the disk at work for it alone when the others come.
            _isCommitWanted = false;
            store.RequestCommit();
        }

        Interlocked.MemoryBarrier();
        long committed = store.CommittedTicket;
        while (_count > 0)
        {
            ref Entry entry = ref _entries[_first];
            if (entry.Ticket <= committed)
            {
                // A full sink empties when this batch is sent: the rest waits for the next turn.
                if (!replies.TryStored(entry.What, sink)) return nowMs;
            }
            else
            {
                long due = entry.OwedSinceMs + ServingLimits.AcknowledgementAgeMsMax;
                if (nowMs < due) return due;
                counters.Add(Counter.DropAcknowledgementLate);
            }

            _first = (_first + 1) % _entries.Length;
            Volatile.Write(ref _count, _count - 1);
        }

        return long.MaxValue;
    }
}
