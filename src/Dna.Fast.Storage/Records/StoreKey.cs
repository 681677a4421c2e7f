using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Records;

/// <summary>Keys of the value log. Their lengths differ, so no two kinds are ever equal.</summary>
internal static class StoreKey
{
    /// <summary>The infohash: a single value or a directory.</summary>
    public const int HeadBytes = InfoHash.Bytes;

    /// <summary>Infohash and u32 number, little endian: a chunk of a directory.</summary>
    public const int ChunkBytes = InfoHash.Bytes + sizeof(uint);

    /// <summary>Infohash and u64 value id, little endian: a slot.</summary>
    public const int SlotBytes = InfoHash.Bytes + sizeof(ulong);

    public const int BytesMax = SlotBytes;

    public static void WriteChunk(Span<byte> key, ReadOnlySpan<byte> head, uint number)
    {
        head[..HeadBytes].CopyTo(key);
        BinaryPrimitives.WriteUInt32LittleEndian(key[HeadBytes..], number);
    }

    public static void WriteSlot(Span<byte> key, ReadOnlySpan<byte> head, ulong valueId)
    {
        head[..HeadBytes].CopyTo(key);
        BinaryPrimitives.WriteUInt64LittleEndian(key[HeadBytes..], valueId);
    }
}
