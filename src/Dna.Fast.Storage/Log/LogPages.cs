using System.Buffers.Binary;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Log;

/// <summary>Receives what is found in pages of the value log, in order of address.</summary>
internal interface IPageSink
{
    /// <summary>A sound record. Spans are valid during the call.</summary>
    /// <returns>False to stop.</returns>
    bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record);

    /// <summary>The record under <paramref name="key"/> was deleted here.</summary>
    void Tombstone(long address, ReadOnlySpan<byte> key);

    /// <summary>Bytes that are no record although something was written there.</summary>
    void Damaged(long address, ReadOnlySpan<byte> bytes);
}

/// <summary>Reads the files of the value log without FASTER, trusting nothing.</summary>
/// <remarks>
/// FASTER's layout of a page is a row of: u64 record info (48 bits address of the previous record of the chain; bit 55 tombstone, bit 56 valid), i32 length
/// and bytes of the key padded to 8, i32 length and bytes of the value, all padded to 8. Zeros are skipped by 8. Every record has our own sum, so after a
/// damaged one the next is found by trying.
/// </remarks>
internal static class LogPages
{
    private const int InfoBytes = 8;
    private const int LengthBytes = sizeof(int);
    private const long AddressMask = (1L << 48) - 1;
    private const long TombstoneBit = 1L << 55;
    private const long ValidBit = 1L << 56;

    /// <summary>Reads [<paramref name="from"/>, <paramref name="until"/>); <paramref name="from"/> begins a record or a page.</summary>
    /// <returns>The address behind what was read: less than <paramref name="until"/> when the sink stopped it.</returns>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public static long Read(SegmentFiles files, uint seed, long from, long until, byte[] page, IPageSink sink)
    {
        for (long address = from; address < until;)
        {
            long pageAddress = address & -ValueLog.PageBytes;
            int offset = (int)(address - pageAddress);
            int end = (int)Math.Min(ValueLog.PageBytes, until - pageAddress);
            files.Read(page.AsSpan(0, end), pageAddress);
            while (offset < end)
            {
                int next = One(page.AsSpan(0, end), offset, pageAddress, seed, sink);
                if (next < 0) return pageAddress - next;
                offset = next;
            }

            address = pageAddress + end;
        }

        return until;
    }

    /// <summary>Reads the beginning of a record by itself.</summary>
    /// <param name="bytes">What stands there, up to the end of the page or less.</param>
    /// <param name="room">Bytes from the record's beginning to the end of its page.</param>
    /// <param name="header">What it says.</param>
    /// <returns>False when it is no record, or its key is not whole.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, int room, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < InfoBytes + LengthBytes) return false;
        long info = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        int keyBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[InfoBytes..]);
        if (info == 0 || keyBytes is not (StoreKey.HeadBytes or StoreKey.ChunkBytes or StoreKey.SlotBytes)) return false;
        int record = RecordOffset(InfoBytes, keyBytes);
        if (record > bytes.Length) return false;
        int recordBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[(record - LengthBytes)..]);
        if (recordBytes is < 0 or > SlotRecord.BytesMax || record + recordBytes > room) return false;
        header = new RecordHeader(info & AddressMask, InfoBytes + LengthBytes, keyBytes, record, recordBytes, (info & ValidBit) != 0, (info & TombstoneBit) != 0);
        return true;
    }

    /// <summary>True when bytes at the end of a log, which are no sound record, are the beginning of one: the rest had not been written when the end came.</summary>
    /// <param name="bytes">Everything from the record's beginning to the end of the log.</param>
    /// <param name="room">Bytes from the record's beginning to the end of its page.</param>
    public static bool IsCut(ReadOnlySpan<byte> bytes, int room) =>
        bytes.Length < RecordOffset(InfoBytes, StoreKey.BytesMax)
        || (TryReadHeader(bytes, room, out RecordHeader header) && header.RecordOffset + header.RecordBytes > bytes.Length);

    /// <returns>Offset behind what stood there; negative: the same, and the sink has had enough.</returns>
    private static int One(ReadOnlySpan<byte> page, int offset, long pageAddress, uint seed, IPageSink sink)
    {
        switch (Parse(page, offset, seed, out int key, out int keyBytes, out int record, out int recordBytes, out int next))
        {
            case Found.Nothing or Found.Abandoned:
                return next;
            case Found.Record:
                bool more = sink.Record(pageAddress + offset, page.Slice(key, keyBytes), page.Slice(record, recordBytes));
                return more ? next : -next;
            case Found.Tombstone:
                sink.Tombstone(pageAddress + offset, page.Slice(key, keyBytes));
                return next;
            default:
                next = offset + InfoBytes;
                while (next < page.Length && Parse(page, next, seed, out _, out _, out _, out _, out _) != Found.Record) next += InfoBytes;
                next = Math.Min(next, page.Length);
                sink.Damaged(pageAddress + offset, page[offset..next]);
                return next;
        }
    }

    private static Found Parse(
        ReadOnlySpan<byte> page, int offset, uint seed, out int key, out int keyBytes, out int record, out int recordBytes, out int next)
    {
        key = offset + InfoBytes + LengthBytes;
        keyBytes = record = recordBytes = 0;
        next = offset + InfoBytes;
        if (next > page.Length) return Found.Damage;
        long info = BinaryPrimitives.ReadInt64LittleEndian(page[offset..]);
        if (info == 0) return Found.Nothing;
        if (key > page.Length) return Found.Damage;
        keyBytes = BinaryPrimitives.ReadInt32LittleEndian(page[next..]);
        if (keyBytes is not (StoreKey.HeadBytes or StoreKey.ChunkBytes or StoreKey.SlotBytes)) return Found.Damage;
        record = RecordOffset(next, keyBytes);
        if (record > page.Length) return Found.Damage;
        recordBytes = BinaryPrimitives.ReadInt32LittleEndian(page[(record - LengthBytes)..]);
        if (recordBytes is < 0 or > SlotRecord.BytesMax || record + recordBytes > page.Length) return Found.Damage;
        next = Math.Min(record + recordBytes + 7 & -8, page.Length);
        if ((info & ValidBit) == 0) return Found.Abandoned;
        if ((info & TombstoneBit) != 0) return recordBytes == 0 ? Found.Tombstone : Found.Damage;
        return SlotRecord.IsSound(page.Slice(record, recordBytes), page.Slice(key, keyBytes), seed) ? Found.Record : Found.Damage;
    }

    private static int RecordOffset(int keyLength, int keyBytes) => keyLength + (LengthBytes + keyBytes + 7 & -8) + LengthBytes;

    private enum Found : byte
    {
        Nothing,
        Abandoned,
        Record,
        Tombstone,
        Damage,
    }
}

/// <summary>The beginning of a record in the value log. Offsets from its first byte.</summary>
internal readonly record struct RecordHeader(
    long PreviousAddress, int KeyOffset, int KeyBytes, int RecordOffset, int RecordBytes, bool IsValid, bool IsTombstone);
