using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Dna.Fast.Storage.Records;

/// <summary>Which values are under an infohash that has, or had, more than one: a directory and its chunks.</summary>
/// <remarks>
/// Little endian:
/// <code>
/// directory                                     chunk
///  0  u32  CRC-32C                               0  u32  CRC-32C
///  4  u8   kind   5 to 7  0                      4  u8   kind   5 to 7  0
///  8  u64  0                                     8  u64  0
/// 16  u32  values in all                        16  u32  ids in this chunk
/// 20  u32  first chunk, 24  u32  end of chunks  20  12 bytes  0
/// 28  u32  ids in the directory itself
/// 32  u64 each  value ids                       32  u64 each  value ids
/// </code>
/// Ids stand in order of first storage: those of the chunks, then those of the directory. A full directory moves its ids into a new chunk.
/// </remarks>
internal static class DirectoryRecord
{
    public const int HeaderBytes = 32;

    /// <summary>Ids in a chunk and in a directory, at most: 1 KiB, twice what one more value under a crowded key costs to write.</summary>
    public const int IdsMax = 128;

    public const int BytesMax = HeaderBytes + IdsMax * sizeof(ulong);

    private const int CountOffset = 16;
    private const int FirstChunkOffset = 20;
    private const int EndChunkOffset = 24;
    private const int InlineOffset = 28;

    /// <summary>The numbers at the start of a directory.</summary>
    /// <param name="Count">Values in all, expired ones that nobody cleaned away included.</param>
    /// <param name="FirstChunk">Number of the first chunk.</param>
    /// <param name="EndChunk">Number behind the last chunk.</param>
    public readonly record struct Header(int Count, uint FirstChunk, uint EndChunk);

    public static Header ReadHeader(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadInt32LittleEndian(record[CountOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(record[FirstChunkOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(record[EndChunkOffset..]));

    /// <summary>Copies the ids of a directory or a chunk.</summary>
    /// <returns>Their number.</returns>
    public static int ReadIds(ReadOnlySpan<byte> record, Span<ulong> ids)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(record[(SlotRecord.Kind(record) == RecordKind.Chunk ? CountOffset : InlineOffset)..]);
        count = Math.Clamp(count, 0, Math.Min(IdsMax, (record.Length - HeaderBytes) / sizeof(ulong)));
        MemoryMarshal.Cast<byte, ulong>(record.Slice(HeaderBytes, count * sizeof(ulong))).CopyTo(ids);
        return count;
    }

    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> record, ReadOnlySpan<byte> key, in Header header, ReadOnlySpan<ulong> ids, uint seed)
    {
        Span<byte> whole = Start(record, RecordKind.Directory, ids);
        BinaryPrimitives.WriteInt32LittleEndian(whole[CountOffset..], header.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[FirstChunkOffset..], header.FirstChunk);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[EndChunkOffset..], header.EndChunk);
        BinaryPrimitives.WriteInt32LittleEndian(whole[InlineOffset..], ids.Length);
        SlotRecord.Seal(whole, key, seed);
        return whole.Length;
    }

    /// <returns>Bytes written.</returns>
    public static int WriteChunk(Span<byte> record, ReadOnlySpan<byte> key, ReadOnlySpan<ulong> ids, uint seed)
    {
        Span<byte> whole = Start(record, RecordKind.Chunk, ids);
        BinaryPrimitives.WriteInt32LittleEndian(whole[CountOffset..], ids.Length);
        SlotRecord.Seal(whole, key, seed);
        return whole.Length;
    }

    private static Span<byte> Start(Span<byte> record, RecordKind kind, ReadOnlySpan<ulong> ids)
    {
        Span<byte> whole = record[..(HeaderBytes + ids.Length * sizeof(ulong))];
        whole[..HeaderBytes].Clear();
        whole[SlotRecord.KindOffset] = (byte)kind;
        MemoryMarshal.AsBytes(ids).CopyTo(whole[HeaderBytes..]);
        return whole;
    }
}
