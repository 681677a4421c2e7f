using System.Buffers.Binary;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Log;

/// <summary>What an entry of the write-ahead log asks to be done again. Written to disk: never renumber.</summary>
internal enum WalOperation : byte
{
    Put = 1,
    Refresh = 2,
    Remove = 3,
}

/// <summary>An entry of the write-ahead log.</summary>
/// <remarks>
/// Little endian, behind FASTER's own length field:
/// <code>
///  0  u32  CRC-32C over everything behind this field, seeded with a secret of the log
///  4  u8   operation   5  u8  1: the slot was empty (Put), else 0   6  u16  value type
///  8  20 bytes  infohash
/// 28  u32  CRC-32C of the packed value a Refresh meant, else 0
/// 32  u64  value id   40  i64  created   48  i64  expires   56  24 bytes  source
/// 80  packed value (Put only)
/// </code>
/// From the value id on it is laid out like a <see cref="SlotRecord"/>, so that one buffer serves both and the packed value is copied once.
/// </remarks>
internal static class WalEntry
{
    public const int HeaderBytes = 80;
    public const int BytesMax = HeaderBytes + WireLimits.ValueBytesMax;

    /// <summary>Where the slot record begins whose fields and packed value coincide with the entry's.</summary>
    public const int RecordOffset = HeaderBytes - SlotRecord.HeaderBytes;

    private const int OperationOffset = 4;
    private const int NewOffset = 5;
    private const int TypeOffset = 6;
    private const int KeyOffset = 8;
    private const int PackedSumOffset = 28;

    /// <summary>Writes everything but the packed value, which is in its place already.</summary>
    public static void Write(Span<byte> entry, uint seed, WalOperation operation, ReadOnlySpan<byte> head, in SlotInfo slot, uint packedSum, bool isNew)
    {
        entry[OperationOffset] = (byte)operation;
        entry[NewOffset] = isNew ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[TypeOffset..], slot.Type);
        head[..StoreKey.HeadBytes].CopyTo(entry[KeyOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[PackedSumOffset..], packedSum);
        SlotRecord.WriteFields(entry[RecordOffset..], slot);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, Checksum(entry, seed));
    }

    public static bool IsSound(ReadOnlySpan<byte> entry, uint seed) =>
        entry.Length is >= HeaderBytes and <= BytesMax
        && BinaryPrimitives.ReadUInt32LittleEndian(entry) == Checksum(entry, seed)
        && Operation(entry) is WalOperation.Put or WalOperation.Refresh or WalOperation.Remove;

    public static WalOperation Operation(ReadOnlySpan<byte> entry) => (WalOperation)entry[OperationOffset];

    /// <summary>True: the value did not replace a live one, so it stands behind all others of its key.</summary>
    public static bool IsNew(ReadOnlySpan<byte> entry) => entry[NewOffset] != 0;

    public static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> entry) => entry.Slice(KeyOffset, StoreKey.HeadBytes);

    public static uint PackedSum(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[PackedSumOffset..]);

    public static ReadOnlySpan<byte> Packed(ReadOnlySpan<byte> entry) => entry[HeaderBytes..];

    public static SlotInfo Slot(ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> fields = entry[RecordOffset..];
        return new SlotInfo(
            SlotRecord.ValueId(fields),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[TypeOffset..]),
            SlotRecord.Created(fields),
            SlotRecord.Expires(fields),
            SlotRecord.ReadSource(fields[SlotRecord.SourceOffset..]));
    }

    private static uint Checksum(ReadOnlySpan<byte> entry, uint seed) => Crc32C.Append(seed, entry[sizeof(uint)..]);
}
