// Unsafe: a new value is pinned for the length of a put, so that the examiner can hand it to the policy.
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Slots;

/// <summary>Puts, refreshes and removals: under the gate of the key, first into the write-ahead log, then into the value log. Any thread.</summary>
internal sealed class SlotEdits(StoreEngine engine, WriteAheadLog wal)
{
    // Above the limit by this share, strangers wait until the keeper has evicted: memory of the burst, not a second limit.
    private const int MarginShare = 8;

    /// <summary>Called when there is more than the limit allows.</summary>
    public Action? OverLimit { get; set; }

    public unsafe PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy)
    {
        if (!MayGrow(slot.Source, packed.Length)) return new PutResult(PutStatus.StoreFull, 0);
        StoreSession session = engine.Values.Rent();
        try
        {
            key.CopyTo(session.Head);
            fixed (byte* pinned = packed)
            {
                lock (engine.GateOf(session.Head))
                {
                    SlotExaminer old = session.Examiner;
                    old.Start(slot.ValueId, nowUnixMs, copyPacked: false);
                    old.Ask(policy, key, slot, pinned, packed.Length);
                    SlotTable.Examine(session, slot.ValueId);
                    return Decide(session, slot, packed, durable);
                }
            }
        }
        finally
        {
            session.Examiner.Done();
            engine.Values.Return(session);
        }
    }

    public PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs)
    {
        if (engine.IsStalled) return new PutResult(PutStatus.StoreFull, 0);
        StoreSession session = engine.Values.Rent();
        try
        {
            key.CopyTo(session.Head);
            lock (engine.GateOf(session.Head))
            {
                session.Examiner.Start(valueId, nowUnixMs, copyPacked: true);
                SlotTable.Examine(session, valueId);
                if (session.Examiner.State != SlotState.Live) return new PutResult(PutStatus.Refused, 0);
                return Renew(session, createdUnixMs, expiresUnixMs, durable);
            }
        }
        finally
        {
            engine.Values.Return(session);
        }
    }

    /// <summary>Removes a live slot.</summary>
    public bool Remove(in InfoHash key, ulong valueId, long nowUnixMs)
    {
        Span<byte> head = stackalloc byte[InfoHash.Bytes];
        key.CopyTo(head);
        return Remove(head, valueId, nowUnixMs, RemovalReason.Removed);
    }

    /// <summary>Removes what is in a slot, for a reason: expired, only if it is; evicted or removed, only if it is not.</summary>
    public bool Remove(ReadOnlySpan<byte> head, ulong valueId, long nowUnixMs, RemovalReason reason, ulong? position = null)
    {
        StoreSession session = engine.Values.Rent();
        try
        {
            head.CopyTo(session.Head);
            lock (engine.GateOf(session.Head))
            {
                SlotExaminer old = session.Examiner;
                old.Start(valueId, nowUnixMs, copyPacked: false);
                SlotTable.Examine(session, valueId);
                if (old.State != (reason == RemovalReason.Expired ? SlotState.Expired : SlotState.Live)) return false;
                if (position is { } wanted && old.OldPosition != wanted) return false;

                // What expires does so again after a restart, without the log's help.
                if (reason != RemovalReason.Expired)
                {
                    Append(session, WalOperation.Remove, old.Old, packedBytes: 0, packedSum: 0, isNew: false);
                    wal.RequestCommit(atOnce: false);
                }

                engine.Slots.Erase(session);
            }
        }
        finally
        {
            engine.Values.Return(session);
        }

        Tell(head, valueId, reason);
        return true;
    }

    /// <summary>Evicts a value, if it is still the one written by the entry at <paramref name="position"/>.</summary>
    public bool Evict(ReadOnlySpan<byte> head, ulong valueId, ulong position, long nowUnixMs) =>
        Remove(head, valueId, nowUnixMs, RemovalReason.Evicted, position);

    private void Tell(ReadOnlySpan<byte> head, ulong valueId, RemovalReason reason)
    {
        if (reason == RemovalReason.Removed) return;
        if (reason == RemovalReason.Evicted) engine.Totals.ValueEvicted();
        else engine.Totals.ValueExpired();
        engine.Removed(head, valueId, reason);
    }

    private PutResult Decide(StoreSession session, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable)
    {
        SlotExaminer old = session.Examiner;
        if (old.State == SlotState.Live && old.Decision == EditDecision.Refuse) return new PutResult(PutStatus.Refused, 0);
        if (old.State == SlotState.Live && old.Decision == EditDecision.Refresh)
        {
            return Renew(session, slot.CreatedUnixMs, slot.ExpiresUnixMs, durable);
        }

        if (SlotTable.IsFull(session)) return new PutResult(PutStatus.KeyFull, 0);
        PutStatus status = old.State == SlotState.Live ? PutStatus.Replaced : PutStatus.Stored;
        packed.CopyTo(session.Scratch(WalEntry.HeaderBytes + packed.Length)[WalEntry.HeaderBytes..]);
        return Write(session, WalOperation.Put, slot, packed.Length, packedSum: 0, status, durable);
    }

    /// <summary>Gives the slot just examined, whose packed value the examiner has copied, a new lifetime.</summary>
    private PutResult Renew(StoreSession session, long createdUnixMs, long expiresUnixMs, bool durable)
    {
        SlotExaminer old = session.Examiner;
        SlotInfo renewed = old.Old with { CreatedUnixMs = createdUnixMs, ExpiresUnixMs = Math.Max(old.Old.ExpiresUnixMs, expiresUnixMs) };
        int packedBytes = old.OldPackedBytes;
        uint sum = Crc32C.Append(uint.MaxValue, session.Scratch(WalEntry.HeaderBytes + packedBytes)[WalEntry.HeaderBytes..]);
        return Write(session, WalOperation.Refresh, renewed, packedBytes, sum, PutStatus.Refreshed, durable);
    }

    private PutResult Write(
        StoreSession session, WalOperation operation, in SlotInfo slot, int packedBytes, uint packedSum, PutStatus status, bool durable)
    {
        // A refresh says which bytes it means instead of repeating them.
        long address = Append(session, operation, slot, operation == WalOperation.Put ? packedBytes : 0, packedSum, status == PutStatus.Stored);
        if (address == 0) return new PutResult(PutStatus.StoreFull, 0);
        engine.Slots.Write(session, slot, packedBytes, LogPosition.Of(wal.Generation, address));
        // Who waits for the commit asks for it, once for many puts.
        wal.RequestCommit(atOnce: false);
        if (engine.Totals.Charge > engine.LimitBytes) OverLimit?.Invoke();
        return new PutResult(status, durable ? address : 0);
    }

    private long Append(StoreSession session, WalOperation operation, in SlotInfo slot, int packedBytes, uint packedSum, bool isNew)
    {
        Span<byte> entry = session.Scratch(WalEntry.HeaderBytes + packedBytes);
        WalEntry.Write(entry, wal.Seed, operation, session.Head, slot, packedSum, isNew);
        return wal.Append(entry);
    }

    private bool MayGrow(in NodeAddress source, int packedBytes)
    {
        if (engine.IsStalled) return false;
        long limit = engine.LimitBytes;
        return !source.IsValid || engine.Totals.Charge + packedBytes + StoreTotals.SlotOverheadBytes <= limit + limit / MarginShare;
    }
}
