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

    /// <summary>True when a value in the empty slot just examined would be one too many. Expired ones count until the keeper has swept them away.</summary>
    public static bool IsFull(StoreSession session) =>
        session.Examiner.State == SlotState.Absent
        && session.HeadReader.Kind == RecordKind.Directory
        && session.HeadReader.Directory.Count >= IValueStore.ValuesPerKeyMax;

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
            bool mayBeNamed = old.State == SlotState.Expired || old.SlotDamaged;
            if (old.State != SlotState.Live) _directories.Append(session, slot.ValueId, mayBeNamed);
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
        _directories.Create(session);
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
