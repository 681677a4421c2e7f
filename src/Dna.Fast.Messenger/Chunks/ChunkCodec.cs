using System.Buffers.Binary;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Single chunks as bytes and back (DNA layer, section 15.2). Any thread.</summary>
/// <remarks>
/// <c>"DNAC" 4 | version 1 | total 4 | index 4 | payload size 4 | original size 4 | CRC-32 of the payload 4</c>, 25 bytes, then in chunk 0 of version 2 <c>SHA3-256 of the whole record 32</c>,
/// then the payload; numbers big-endian. We write version 2 and read both.
/// </remarks>
public static class ChunkCodec
{
    /// <summary>Bytes of a payload: a value of 64 KiB with room for a signature of the later network.</summary>
    public const int PayloadBytesMax = 44_975;

    /// <summary>Chunks of one record.</summary>
    public const int ChunksMax = 10_000;

    /// <summary>Bytes of one record before compression.</summary>
    public const int RecordBytesMax = 100 * 1024 * 1024;

    private const uint Magic = 0x444E4143;
    private const byte VersionPlain = 1;
    private const byte VersionWithHash = 2;
    private const int HeaderBytes = 25;

    /// <summary>Reads a chunk; its checksum is checked.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out Chunk? chunk)
    {
        chunk = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt32(out uint magic) || magic != Magic || !reader.TryByte(out byte version)) return RecordStatus.Malformed;
        if (version is not (VersionPlain or VersionWithHash)) return RecordStatus.UnknownVersion;
        if (!reader.TryUInt32(out uint total) || !reader.TryUInt32(out uint index) || !reader.TryUInt32(out uint size)
            || !reader.TryUInt32(out uint original) || !reader.TryUInt32(out uint crc))
            return RecordStatus.Malformed;
        if (total > ChunksMax || size > PayloadBytesMax || original > RecordBytesMax) return RecordStatus.TooLarge;
        // Of a deleted record only chunk 0 is left, and it says "of none".
        if (index >= Math.Max(total, 1)) return RecordStatus.Malformed;
        ReadOnlySpan<byte> hash = default;
        if (version == VersionWithHash && index == 0 && !reader.TryBytes(Sha3.Bytes256, out hash)) return RecordStatus.Malformed;
        if (!reader.TryBytes(size, out ReadOnlySpan<byte> payload) || Crc32.Of(payload) != crc) return RecordStatus.Malformed;
        chunk = new Chunk(total, index, original, hash.ToArray(), payload.ToArray());
        return RecordStatus.Ok;
    }

    /// <summary>Writes a chunk in version 2.</summary>
    /// <exception cref="ArgumentException">Chunk 0 without a hash, another chunk with one, or too long a payload.</exception>
    public static byte[] Write(Chunk chunk)
    {
        if (chunk.ContentHash.Length != (chunk.Index == 0 ? Sha3.Bytes256 : 0)) throw new ArgumentException("Chunk 0 has a hash of 32 bytes, and no other has one.", nameof(chunk));
        if (chunk.Payload.Length > PayloadBytesMax) throw new ArgumentException($"A payload has at most {PayloadBytesMax} bytes.", nameof(chunk));
        byte[] data = new byte[HeaderBytes + chunk.ContentHash.Length + chunk.Payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(data, Magic);
        data[4] = VersionWithHash;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(5), chunk.Total);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(9), chunk.Index);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(13), (uint)chunk.Payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(17), chunk.OriginalBytes);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(21), Crc32.Of(chunk.Payload.Span));
        chunk.ContentHash.Span.CopyTo(data.AsSpan(HeaderBytes));
        chunk.Payload.Span.CopyTo(data.AsSpan(HeaderBytes + chunk.ContentHash.Length));
        return data;
    }
}
