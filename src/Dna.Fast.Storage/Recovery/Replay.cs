using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Storage.Slots;

namespace Dna.Fast.Storage.Recovery;

/// <summary>Does again what the write-ahead logs say. One thread, before the store is open.</summary>
/// <remarks>
/// Each record knows the entry that made it, so an entry the store already knows of changes nothing, and a lost entry in between does not bring an older
/// state back. What has expired is written like anything else: a later entry may have given it more time. The first sweep tells.
/// </remarks>
internal sealed class Replay(StoreEngine engine, StoreSession session) : IWalSink
{
    // Whatever is found counts as alive: what was expired when the entry was written, the entry itself says.
    private const long Timeless = long.MinValue;

    private uint _generation;
    private string _log = "";

    /// <summary>Entries done again.</summary>
    public long Entries { get; private set; }

    public void Start(uint generation, string log)
    {
        _generation = generation;
        _log = log;
    }

    public void Entry(long address, ReadOnlySpan<byte> entry)
    {
        Entries++;
        SlotInfo slot = WalEntry.Slot(entry);
        if (slot.ValueId == 0) return;
        ulong position = LogPosition.Of(_generation, address);
        WalEntry.Head(entry).CopyTo(session.Head);
        SlotExaminer old = session.Examiner;
        WalOperation operation = WalEntry.Operation(entry);
        old.Start(slot.ValueId, Timeless, copyPacked: operation == WalOperation.Refresh);
        SlotTable.Examine(session, slot.ValueId);
        if (old.State != SlotState.Absent && old.OldPosition >= position) return;
        if (operation == WalOperation.Put)
        {
            if (WalEntry.IsNew(entry) && old.State != SlotState.Absent) MakeEmpty(slot.ValueId);
            Write(slot, WalEntry.Packed(entry), position);
        }
        else if (operation == WalOperation.Refresh)
        {
            Refresh(slot, WalEntry.PackedSum(entry), position);
        }
        else if (old.State != SlotState.Absent)
        {
            engine.Slots.Erase(session);
        }
    }

    public void Damaged(long address, ReadOnlySpan<byte> bytes)
    {
        if (engine.Damage.SetAside(_log, address, bytes)) engine.Totals.RecordDamaged();
    }

    /// <summary>Takes over a value found in an older value log.</summary>
    public void Adopt(ReadOnlySpan<byte> head, ReadOnlySpan<byte> record)
    {
        SlotInfo slot = SlotRecord.Info(record);
        if (slot.ValueId == 0) return;
        head.CopyTo(session.Head);
        session.Examiner.Start(slot.ValueId, Timeless, copyPacked: false);
        SlotTable.Examine(session, slot.ValueId);
        ulong position = SlotRecord.Position(record);
        if (session.Examiner.State == SlotState.Absent || session.Examiner.OldPosition < position) Write(slot, SlotRecord.Packed(record), position);
    }

    /// <summary>A slot was deleted in an older value log. Value id 0: whatever single value lies under the infohash.</summary>
    public void Forget(ReadOnlySpan<byte> head, ulong valueId)
    {
        head.CopyTo(session.Head);
        session.Examiner.Start(valueId, Timeless, copyPacked: false);
        SlotTable.Examine(session, valueId);
        if (valueId == 0)
        {
            if (session.HeadReader.Kind != RecordKind.Single) return;
            ulong single = session.Examiner.Other.ValueId;
            session.Examiner.Start(single, Timeless, copyPacked: false);
            SlotTable.Examine(session, single);
        }

        if (session.Examiner.State != SlotState.Absent) engine.Slots.Erase(session);
    }

    private void Write(in SlotInfo slot, ReadOnlySpan<byte> packed, ulong position)
    {
        Span<byte> scratch = session.Scratch(WalEntry.HeaderBytes + packed.Length);
        packed.CopyTo(scratch[WalEntry.HeaderBytes..]);
        SlotRecord.WriteFields(scratch[WalEntry.RecordOffset..], slot);
        engine.Slots.Write(session, slot, packed.Length, position);
    }

    /// <summary>Removes the expired value that was in a slot when a new one came.</summary>
    private void MakeEmpty(ulong valueId)
    {
        engine.Slots.Erase(session);
        session.Examiner.Start(valueId, Timeless, copyPacked: false);
        SlotTable.Examine(session, valueId);
    }

    private void Refresh(in SlotInfo slot, uint packedSum, ulong position)
    {
        SlotExaminer old = session.Examiner;
        if (old.State == SlotState.Absent) return;
        Span<byte> scratch = session.Scratch(WalEntry.HeaderBytes + old.OldPackedBytes);
        if (Crc32C.Append(uint.MaxValue, scratch[WalEntry.HeaderBytes..]) != packedSum) return;
        SlotRecord.WriteFields(scratch[WalEntry.RecordOffset..], slot);
        engine.Slots.Write(session, slot, old.OldPackedBytes, position);
    }
}
