using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Storage.Slots;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Shows the records of a pass that are current and live to a visitor.</summary>
internal sealed class ScanSink(StoreEngine engine, long nowUnixMs, IKeyValueVisitor visitor) : IPageSink
{
    public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
    {
        if (SlotRecord.Kind(record) is not (RecordKind.Single or RecordKind.Slot) || SlotRecord.Expires(record) <= nowUnixMs) return true;
        StoreSession session = engine.Values.Rent();
        bool current;
        try
        {
            key[..StoreKey.HeadBytes].CopyTo(session.Head);
            session.Examiner.Start(SlotRecord.ValueId(record), nowUnixMs, copyPacked: false);
            SlotTable.Examine(session, SlotRecord.ValueId(record));
            current = session.Examiner.State == SlotState.Live && session.Address == address;
        }
        finally
        {
            engine.Values.Return(session);
        }

        return !current || visitor.Visit(new InfoHash(key), SlotRecord.Info(record), SlotRecord.Packed(record));
    }

    public void Tombstone(long address, ReadOnlySpan<byte> key)
    {
    }

    public void Damaged(long address, ReadOnlySpan<byte> bytes) => engine.Damaged(address, bytes);
}
