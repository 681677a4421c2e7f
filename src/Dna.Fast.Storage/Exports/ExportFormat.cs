namespace Dna.Fast.Storage.Exports;

/// <summary>The file of an export, version 1.</summary>
/// <remarks>
/// Little endian. A header, records, an end:
/// <code>
/// header  0  8 bytes  "DNAEXPRT"       8  u32  version 1          12  i64  made, ms since 1970    20  u32  sum of bytes 0 to 20
/// record  0  u32  n: bytes of what follows the sum, 68 and the value's       4  u32  sum of the n and of what follows
///         8  20 bytes  infohash        28  u64  value id          36  u16  value type             38  u16  0
///        40  i64  created, ms since 1970       48  i64  expires, ms since 1970; the largest number: never
///        56  20 bytes  source: u8 family (0: the node itself, 4, 6), u8 0, u16 port, 16 bytes address (IPv4: the first 4)
///        76  packed value, at most <see cref="Wire.WireLimits.ValueBytesMax"/> bytes
/// end     0  u32  0xFFFFFFFF           4  u32  sum of what follows  8  u64  number of records     16  u32  all sums of records, in their order, summed
/// </code>
/// Sums are CRC-32C, begun at 0 and not inverted. A file without its end was cut; what is in front of the cut is sound. A value may come twice.
/// Later versions have another number; readers refuse what they do not know.
/// </remarks>
public static class ExportFormat
{
    public const uint Version = 1;

    internal const int HeaderBytes = 24;
    internal const int RecordHeadBytes = 8;
    internal const int FieldBytes = 68;
    internal const int EndBytes = 20;
    internal const uint EndMark = uint.MaxValue;

    internal static ReadOnlySpan<byte> Magic => "DNAEXPRT"u8;
}
