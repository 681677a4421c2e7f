// Unsafe only through FASTER's SpanByte: it points into a page that the epoch keeps in place for the length of the callback, or into a read buffer
// that is ours for as long. Lengths are checked before a span is made.
using Dna.Fast.Storage.Records;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>Is shown the record that was looked up.</summary>
internal interface IRecordReader
{
    /// <summary>The record, sound, valid during the call. Runs under epoch protection: no store call from here.</summary>
    void Read(ReadOnlySpan<byte> record);
}

/// <summary>Hears of records that are not what was written.</summary>
internal interface IDamageWitness
{
    /// <param name="address">Where in the value log.</param>
    /// <param name="bytes">What is there, valid during the call.</param>
    void Damaged(long address, ReadOnlySpan<byte> bytes);
}

/// <summary>What FASTER calls for one session: records are shown to a reader, never changed in place.</summary>
/// <remarks>One thread at a time, like its session.</remarks>
internal sealed class RecordFunctions(uint seed, IDamageWitness witness) : IFunctions<SpanByte, SpanByte, Empty, Empty, Empty>
{
    /// <summary>Who looks.</summary>
    public IRecordReader? Reader { get; set; }

    /// <summary>True while a record comes from the disk and is to be checked.</summary>
    public bool FromDisk { get; set; }

    /// <summary>The last look-up met a record that is not what was written.</summary>
    public bool Damaged { get; set; }

    /// <summary>The last look-up met a record, damaged or not.</summary>
    public bool Seen { get; set; }

    /// <summary>Address of the record last shown.</summary>
    public long Address { get; set; }

    public bool SingleReader(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty dst, ref ReadInfo readInfo) =>
        Show(ref key, ref value, readInfo.Address);

    public bool ConcurrentReader(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty dst, ref ReadInfo readInfo) =>
        Show(ref key, ref value, readInfo.Address);

    public bool SingleWriter(
        ref SpanByte key, ref Empty input, ref SpanByte src, ref SpanByte dst, ref Empty output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
        src.AsReadOnlySpan().CopyTo(dst.AsSpan());
        return true;
    }

    // A reader may be looking at the old record without a lock: an edit is always a new record.
    public bool ConcurrentWriter(
        ref SpanByte key, ref Empty input, ref SpanByte src, ref SpanByte dst, ref Empty output, ref UpsertInfo upsertInfo) => false;

    public bool SingleDeleter(ref SpanByte key, ref SpanByte value, ref DeleteInfo deleteInfo) => true;

    public bool ConcurrentDeleter(ref SpanByte key, ref SpanByte value, ref DeleteInfo deleteInfo) => false;

    public void ReadCompletionCallback(
        ref SpanByte key, ref Empty input, ref Empty output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    public void PostSingleWriter(
        ref SpanByte key, ref Empty input, ref SpanByte src, ref SpanByte dst, ref Empty output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    public void PostSingleDeleter(ref SpanByte key, ref DeleteInfo deleteInfo)
    {
    }

    public void DisposeSingleWriter(
        ref SpanByte key, ref Empty input, ref SpanByte src, ref SpanByte dst, ref Empty output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    public void DisposeSingleDeleter(ref SpanByte key, ref SpanByte value, ref DeleteInfo deleteInfo)
    {
    }

    public void DisposeDeserializedFromDisk(ref SpanByte key, ref SpanByte value)
    {
    }

    public void CheckpointCompletionCallback(int sessionID, string sessionName, CommitPoint commitPoint)
    {
    }

    // Read-modify-write is done by the callers, under the gate of the key: FASTER's own would need a policy that can wait for the disk.
    public bool NeedInitialUpdate(ref SpanByte key, ref Empty input, ref Empty output, ref RMWInfo rmwInfo) => false;

    public bool InitialUpdater(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty output, ref RMWInfo rmwInfo) => false;

    public void PostInitialUpdater(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty output, ref RMWInfo rmwInfo)
    {
    }

    public bool NeedCopyUpdate(ref SpanByte key, ref Empty input, ref SpanByte oldValue, ref Empty output, ref RMWInfo rmwInfo) => false;

    public bool CopyUpdater(
        ref SpanByte key, ref Empty input, ref SpanByte oldValue, ref SpanByte newValue, ref Empty output, ref RMWInfo rmwInfo) => false;

    public void PostCopyUpdater(
        ref SpanByte key, ref Empty input, ref SpanByte oldValue, ref SpanByte newValue, ref Empty output, ref RMWInfo rmwInfo)
    {
    }

    public bool InPlaceUpdater(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty output, ref RMWInfo rmwInfo) => false;

    public void RMWCompletionCallback(
        ref SpanByte key, ref Empty input, ref Empty output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    public void DisposeCopyUpdater(
        ref SpanByte key, ref Empty input, ref SpanByte oldValue, ref SpanByte newValue, ref Empty output, ref RMWInfo rmwInfo)
    {
    }

    public void DisposeInitialUpdater(ref SpanByte key, ref Empty input, ref SpanByte value, ref Empty output, ref RMWInfo rmwInfo)
    {
    }

    private bool Show(ref SpanByte key, ref SpanByte value, long address)
    {
        Address = address;
        Seen = true;
        if (FromDisk && (value.Length > SlotRecord.BytesMax || !SlotRecord.IsSound(value.AsReadOnlySpan(), key.AsReadOnlySpan(), seed)))
        {
            Damaged = true;
            witness.Damaged(address, value.AsReadOnlySpan()[..Math.Min(value.Length, SlotRecord.BytesMax)]);
            return true;
        }

        Reader!.Read(value.AsReadOnlySpan());
        return true;
    }
}
