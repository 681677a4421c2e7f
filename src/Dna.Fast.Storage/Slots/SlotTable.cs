using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Slots;

/// <summary>Writes slots. Whoever calls holds the gate of the key, and has the infohash in the session's head.</summary>
/// <remarks>
/// One value lies right under its infohash. The second makes a directory of it, which stays until the key is empty. A slot is written before the head
/// that names it, and a head loses an id before the slot goes, so that readers without a lock never meet a name without a slot for longer than it takes.
/// </remarks>
internal sealed class SlotTable(ValueLog log, StoreTotals totals, IRemovalWitness removals)
{
    private readonly uint _seed = log.Identity.Seed;
    private readonly DirectoryTable _directories = new(log);

    /// <summary>Looks at a slot; the session's examiner, started before, then says what is there.</summary>
    /// <returns>Damaged when a record on the way is not what was written; it counts as absent.</returns>
    public static Lookup Examine(StoreSession session, ulong valueId)
    {
        session.HeadReader.Start(session.Examiner, session.Ids);
        Lookup found = session.Look(session.Head, session.HeadReader);
        if (session.HeadReader.Kind == RecordKind.Directory) found = session.Look(session.SlotKey(valueId), session.Examiner);
        session.Examiner.SlotDamaged = found == Lookup.Damaged;
        return found;
    }

    /// <summary>True when a value in the empty slot just examined would be one too many; expired ones make room first.</summary>
    public bool IsFull(StoreSession session, ulong valueId)
    {
        HeadReader head = session.HeadReader;
        if (session.Examiner.State != SlotState.Absent || !Crowded(head)) return false;
        long now = session.Examiner.NowUnixMs;
        if (now < head.Directory.NextExpiryUnixMs) return true;
        Purge(session, now);
        session.Examiner.Start(valueId, now, copyPacked: false);
        Examine(session, valueId);
        return Crowded(head);
    }

    /// <summary>Writes the value whose fields and packed bytes lie in the session's scratch into the slot just examined.</summary>
    public void Write(StoreSession session, in SlotInfo slot, int packedBytes, ulong position)
    {
        SlotExaminer old = session.Examiner;
        HeadReader head = session.HeadReader;
        if (old.State != SlotState.Absent) totals.ValueWent(old.Old, old.OldPackedBytes);
        if (old.State == SlotState.Expired) Expired(session, old.Old.ValueId);
        totals.ValueCame(slot, packedBytes);
        if (head.Kind == RecordKind.Directory)
        {
            Store(session, session.SlotKey(slot.ValueId), RecordKind.Slot, slot.Type, packedBytes, position);
            if (old.State == SlotState.Live) _directories.Sooner(session, slot.ExpiresUnixMs);
            else _directories.Append(session, slot.ValueId, slot.ExpiresUnixMs, mayBeNamed: old.State == SlotState.Expired || old.SlotDamaged);
            return;
        }

        if (old.OtherSeen && old.Other.ExpiresUnixMs > old.NowUnixMs)
        {
            Store(session, session.SlotKey(slot.ValueId), RecordKind.Slot, slot.Type, packedBytes, position);
            Spread(session, old.Other, slot);
            return;
        }

        if (old.OtherSeen)
        {
            totals.ValueWent(old.Other, old.OtherPackedBytes);
            Expired(session, old.Other.ValueId);
        }

        if (head.Kind == RecordKind.None) totals.KeyCame();
        Store(session, session.Head, RecordKind.Single, slot.Type, packedBytes, position);
    }

    /// <summary>Removes the value found by the examination, live or expired. Why is the caller's to count.</summary>
    public void Erase(StoreSession session)
    {
        SlotExaminer old = session.Examiner;
        totals.ValueWent(old.Old, old.OldPackedBytes);
        if (session.HeadReader.Kind != RecordKind.Single)
        {
            EraseName(session, old.Old.ValueId);
            return;
        }

        session.Delete(session.Head);
        totals.KeyWent();
    }

    /// <summary>Takes an id out of the directory just examined, and what is left of its slot.</summary>
    public void EraseName(StoreSession session, ulong valueId)
    {
        if (_directories.Remove(session, valueId)) totals.KeyWent();
        session.Delete(session.SlotKey(valueId));
    }

    private static bool Crowded(HeadReader head) => head.Kind == RecordKind.Directory && head.Directory.Count >= IValueStore.ValuesPerKeyMax;

    /// <summary>Removes all expired values of the directory just examined in one pass.</summary>
    private void Purge(StoreSession session, long nowUnixMs)
    {
        DirectoryRecord.Header header = session.HeadReader.Directory;
        if (!DirectoryTable.LoadChunks(session, header)) return;
        SlotExaminer examiner = session.Examiner;
        IdList ids = session.Ids;
        long next = long.MaxValue;
        int kept = 0;
        for (int i = 0; i < ids.Count; i++)
        {
            ulong id = ids.Ids[i];
            examiner.Start(id, nowUnixMs, copyPacked: false);
            session.Look(session.SlotKey(id), examiner);
            if (examiner.State == SlotState.Live)
            {
                ids.Set(kept++, id);
                next = Math.Min(next, examiner.Old.ExpiresUnixMs);
                continue;
            }

            if (examiner.State == SlotState.Expired)
            {
                totals.ValueWent(examiner.Old, examiner.OldPackedBytes);
                Expired(session, id);
            }

            session.Delete(session.SlotKey(id));
        }

        ids.RemoveRange(kept, ids.Count - kept);
        if (_directories.Rewrite(session, header, next)) totals.KeyWent();
    }

    /// <summary>Makes a directory of a single value and the new one, whose slot is written already.</summary>
    private void Spread(StoreSession session, in SlotInfo first, in SlotInfo second)
    {
        SlotExaminer examiner = session.Examiner;
        examiner.Start(first.ValueId, examiner.NowUnixMs, copyPacked: true);
        session.Look(session.Head, examiner);
        Span<byte> record = session.Scratch(WalEntry.HeaderBytes + examiner.OldPackedBytes)[WalEntry.RecordOffset..];
        SlotRecord.WriteFields(record, first);
        Store(session, session.SlotKey(first.ValueId), RecordKind.Slot, first.Type, examiner.OldPackedBytes, examiner.OldPosition);
        session.Ids.Clear();
        session.Ids.Add(first.ValueId);
        session.Ids.Add(second.ValueId);
        _directories.Create(session, Math.Min(first.ExpiresUnixMs, second.ExpiresUnixMs));
    }

    private void Expired(StoreSession session, ulong valueId)
    {
        totals.ValueExpired();
        removals.Removed(session.Head, valueId, RemovalReason.Expired);
    }

    private void Store(StoreSession session, Span<byte> key, RecordKind kind, ushort type, int packedBytes, ulong position)
    {
        Span<byte> record = session.Scratch(WalEntry.HeaderBytes + packedBytes)[WalEntry.RecordOffset..];
        SlotRecord.Finish(record, key, kind, type, position, _seed);
        session.Store(key, record);
    }
}

/// <summary>Hears of values that left although nobody asked.</summary>
internal interface IRemovalWitness
{
    /// <param name="head">Infohash, 20 bytes, valid during the call.</param>
    /// <param name="valueId">Which value.</param>
    /// <param name="reason">Why.</param>
    void Removed(ReadOnlySpan<byte> head, ulong valueId, RemovalReason reason);
}
