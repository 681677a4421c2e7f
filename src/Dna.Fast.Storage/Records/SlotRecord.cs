using System.Buffers.Binary;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Records;

/// <summary>A stored value as it lies in the value log.</summary>
/// <remarks>
/// Little endian:
/// <code>
///  0  u32  CRC-32C over the record's key and everything behind this field, seeded with the value log's own number
///  4  u8   kind (Single or Slot)         5  u8  0        6  u16  value type
///  8  u64  position of the write-ahead entry that made it (<see cref="LogPosition"/>)
/// 16  u64  value id
/// 24  i64  created, ms since 1970       32  i64  expires, ms since 1970
/// 40  24 bytes  source: u8 family (0: own), u8 0, u16 port, u32 scope, 16 bytes address (IPv4: the first 4)
/// 64  packed value
/// </code>
/// A record never changes once it is written; an edit writes another one. So readers need no lock.
/// </remarks>
internal static class SlotRecord
{
    public const int HeaderBytes = 64;
    public const int BytesMax = HeaderBytes + WireLimits.ValueBytesMax;
    public const int SourceBytes = 24;
    public const int KindOffset = 4;
    public const int TypeOffset = 6;
    public const int PositionOffset = 8;
    public const int ValueIdOffset = 16;
    public const int CreatedOffset = 24;
    public const int ExpiresOffset = 32;
    public const int SourceOffset = 40;

    public static RecordKind Kind(ReadOnlySpan<byte> record) => (RecordKind)record[KindOffset];

    public static ulong Position(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[PositionOffset..]);

    public static ulong ValueId(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[ValueIdOffset..]);

    public static long Created(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[CreatedOffset..]);

    public static long Expires(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[ExpiresOffset..]);

    public static ReadOnlySpan<byte> Packed(ReadOnlySpan<byte> record) => record[HeaderBytes..];

    public static SlotInfo Info(ReadOnlySpan<byte> record) => new(
        ValueId(record),
        BinaryPrimitives.ReadUInt16LittleEndian(record[TypeOffset..]),
        Created(record),
        Expires(record),
        ReadSource(record[SourceOffset..]));

    /// <summary>Writes the fields from the value id to the source; a write-ahead entry has them at the same distance from the packed value.</summary>
    public static void WriteFields(Span<byte> record, in SlotInfo slot)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record[ValueIdOffset..], slot.ValueId);
        BinaryPrimitives.WriteInt64LittleEndian(record[CreatedOffset..], slot.CreatedUnixMs);
        BinaryPrimitives.WriteInt64LittleEndian(record[ExpiresOffset..], slot.ExpiresUnixMs);
        WriteSource(record[SourceOffset..], slot.Source);
    }

    /// <summary>Writes what stands before the value id and, last, the check sum.</summary>
    public static void Finish(Span<byte> record, ReadOnlySpan<byte> key, RecordKind kind, ushort type, ulong position, uint seed)
    {
        record[KindOffset] = (byte)kind;
        record[KindOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(record[TypeOffset..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(record[PositionOffset..], position);
        Seal(record, key, seed);
    }

    /// <summary>Writes the check sum of a record of any kind.</summary>
    public static void Seal(Span<byte> record, ReadOnlySpan<byte> key, uint seed) =>
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record, key, seed));

    /// <summary>True when a record of any kind is what was written under <paramref name="key"/>.</summary>
    public static bool IsSound(ReadOnlySpan<byte> record, ReadOnlySpan<byte> key, uint seed) =>
        record.Length >= DirectoryRecord.HeaderBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(record) == Checksum(record, key, seed)
        && Kind(record) switch
        {
            RecordKind.Single => key.Length == StoreKey.HeadBytes && record.Length is > HeaderBytes - 1 and <= BytesMax,
            RecordKind.Slot => key.Length == StoreKey.SlotBytes && record.Length is > HeaderBytes - 1 and <= BytesMax,
            RecordKind.Directory => key.Length == StoreKey.HeadBytes,
            RecordKind.Chunk => key.Length == StoreKey.ChunkBytes,
            _ => false,
        };

    public static void WriteSource(Span<byte> destination, in NodeAddress source)
    {
        destination[..SourceBytes].Clear();
        if (!source.IsValid) return;
        destination[0] = (byte)source.Family;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], source.Port);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], source.Scope);
        source.WriteAddress(destination[8..]);
    }

    public static NodeAddress ReadSource(ReadOnlySpan<byte> source)
    {
        IpFamily family = (IpFamily)source[0];
        if (family == 0) return default;
        ushort port = BinaryPrimitives.ReadUInt16LittleEndian(source[2..]);
        uint scope = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        return NodeAddress.From(source.Slice(8, family == IpFamily.V4 ? 4 : 16), port, scope);
    }

    // The key is part of the sum: a record that turns up under another key is a damaged one. The seed is a secret of the file: a stranger cannot put the
    // image of a record into a value, to be found there when the page around it is damaged.
    private static uint Checksum(ReadOnlySpan<byte> record, ReadOnlySpan<byte> key, uint seed) =>
        Crc32C.Append(Crc32C.Append(seed, key), record[sizeof(uint)..]);
}
