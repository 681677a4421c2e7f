using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Storage.Slots;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Removes what has expired, wherever in the log it is met.</summary>
internal sealed class Sweep(StoreEngine engine, SlotEdits edits, long nowUnixMs) : IPageSink
{
    public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
    {
        if (SlotRecord.Kind(record) is RecordKind.Single or RecordKind.Slot && SlotRecord.Expires(record) <= nowUnixMs)
        {
            edits.Remove(key[..StoreKey.HeadBytes], SlotRecord.ValueId(record), nowUnixMs, RemovalReason.Expired);
        }

        return true;
    }

    public void Tombstone(long address, ReadOnlySpan<byte> key)
    {
    }

    public void Damaged(long address, ReadOnlySpan<byte> bytes) => engine.Damaged(address, bytes);
}
