using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>The last step of a put and of a refresh: the store, then who listens, then the acknowledgement. One worker's thread.</summary>
/// <remarks>
/// A value that lives a day or longer is acknowledged after its commit, others at once. What the rules refuse is acknowledged like a success, as stock does,
/// and counted; only a store that takes no more, and a full ring, leave the requester without an answer.
/// </remarks>
internal sealed class SlotWriter(NodeContext context, CounterSet counters, Replies replies, AcknowledgementRing ring)
{
    /// <summary>A creation time on the wire is in whole seconds, in milliseconds.</summary>
    private const long CreatedResolutionMs = 1000;

    private readonly EditPolicy _policy = new(context.Verifier);

    /// <summary>Stores, edits or refreshes a checked value and acknowledges.</summary>
    /// <param name="slot">What <see cref="StorePolicy.Check"/> said.</param>
    /// <param name="isVerified">Its signature was verified.</param>
    /// <returns>False when nothing was done because this edit needs a verified signature first.</returns>
    public bool Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool isVerified, in Acknowledgement owed, in Instant now, IDatagramSink sink)
    {
        if (slot.ExpiresUnixMs <= now.UnixMs)
        {
            Refuse(Counter.PutRefusedExpired, owed, sink);
            return true;
        }

        bool durable = TypeRegistry.IsLongLived(slot.Type);
        PutResult result = context.Store.Put(key, slot, packed, durable, now.UnixMs, _policy.For(isVerified));
        switch (result.Status)
        {
            case PutStatus.Stored:
            case PutStatus.Replaced:
                counters.Add(result.Status == PutStatus.Stored ? Counter.PutStored : Counter.PutReplaced);
                Tell(key, slot.ValueId, ValueChange.Stored);
                Acknowledge(owed, durable, result.Ticket, now, sink);
                return true;
            case PutStatus.Refreshed when slot.CreatedUnixMs < now.UnixMs - CreatedResolutionMs:
                // An equal value lives anew from now, whenever it was created (section 5.3).
                if (!Refresh(key, slot.ValueId, slot.Type, owed, now, sink)) Acknowledge(owed, durable, result.Ticket, now, sink);
                return true;
            case PutStatus.Refreshed:
                counters.Add(Counter.PutRefreshed);
                Tell(key, slot.ValueId, ValueChange.Refreshed);
                Acknowledge(owed, durable, result.Ticket, now, sink);
                return true;
            case PutStatus.Refused when !isVerified && _policy.LastRefusal == EditRefusal.Unverified:
                return false;
            case PutStatus.Refused:
                Refuse(_policy.LastCounter, owed, sink);
                return true;
            case PutStatus.KeyFull:
                Refuse(Counter.PutRefusedKeyFull, owed, sink);
                return true;
            default:
                counters.Add(Counter.PutRefusedStoreFull);
                return true;
        }
    }

    /// <summary>Begins a slot's lifetime anew, now, and acknowledges.</summary>
    /// <returns>False when there is no such slot: nothing was done.</returns>
    public bool Refresh(in InfoHash key, ulong valueId, ushort type, in Acknowledgement owed, in Instant now, IDatagramSink sink)
    {
        bool durable = TypeRegistry.IsLongLived(type);
        PutResult result = context.Store.Refresh(key, valueId, now.UnixMs, now.UnixMs + TypeRegistry.LifetimeMs(type), durable, now.UnixMs);
        if (result.Status == PutStatus.StoreFull)
        {
            counters.Add(Counter.PutRefusedStoreFull);
            return true;
        }

        if (result.Status != PutStatus.Refreshed) return false;
        counters.Add(Counter.PutRefreshed);
        Tell(key, valueId, ValueChange.Refreshed);
        Acknowledge(owed, durable, result.Ticket, now, sink);
        return true;
    }

    /// <summary>Counts a refusal and acknowledges it like a success.</summary>
    public void Refuse(Counter reason, in Acknowledgement owed, IDatagramSink sink)
    {
        counters.Add(reason);
        Acknowledge(owed, sink);
    }

    /// <summary>Acknowledges at once.</summary>
    public void Acknowledge(in Acknowledgement owed, IDatagramSink sink)
    {
        if (!replies.TryStored(owed, sink)) counters.Add(Counter.DropSinkFull);
    }

    private void Acknowledge(in Acknowledgement owed, bool durable, long ticket, in Instant now, IDatagramSink sink)
    {
        if (durable && ticket > context.Store.CommittedTicket) ring.Add(ticket, owed, now.Ms);
        else Acknowledge(owed, sink);
    }

    private void Tell(in InfoHash key, ulong valueId, ValueChange change)
    {
        if (context.Listened.Contains(key)) context.Inbox.Changed(key, valueId, change);
    }
}
