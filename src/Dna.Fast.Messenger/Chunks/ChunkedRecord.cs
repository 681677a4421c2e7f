using Dna.Fast.Kademlia;
using ZstdSharp;

namespace Dna.Fast.Messenger;

/// <summary>A record as chunks and back: compressed with Zstandard, split, tied together by a hash (DNA layer, section 15.2). Any thread.</summary>
public static class ChunkedRecord
{
    // The original takes the highest. What is big here is sealed or signed, which no level makes smaller, and a low one costs a fraction of its time and memory.
    private const int CompressionLevel = 3;

    /// <summary>Splits a record; at least one chunk, also for an empty one.</summary>
    /// <exception cref="ArgumentException">Longer than <see cref="ChunkCodec.RecordBytesMax"/>.</exception>
    public static Chunk[] Split(ReadOnlySpan<byte> record)
    {
        if (record.Length > ChunkCodec.RecordBytesMax) throw new ArgumentException($"A record has at most {ChunkCodec.RecordBytesMax} bytes.", nameof(record));
        byte[] hash = new byte[Sha3.Bytes256];
        Sha3.Hash256(record, hash);
        using var compressor = new Compressor(CompressionLevel);
        ReadOnlySpan<byte> compressed = compressor.Wrap(record);
        int total = Math.Max(1, (compressed.Length + ChunkCodec.PayloadBytesMax - 1) / ChunkCodec.PayloadBytesMax);
        var chunks = new Chunk[total];
        for (int i = 0; i < total; i++)
        {
            ReadOnlySpan<byte> payload = compressed[(i * ChunkCodec.PayloadBytesMax)..Math.Min(compressed.Length, (i + 1) * ChunkCodec.PayloadBytesMax)];
            chunks[i] = new Chunk((uint)total, (uint)i, (uint)record.Length, i == 0 ? hash : default, payload.ToArray());
        }

        return chunks;
    }

    /// <summary>The chunk 0 that says that a record was deleted.</summary>
    public static Chunk Tombstone() => new(0, 0, 0, new byte[Sha3.Bytes256], default);

    /// <summary>Joins the chunks of a record.</summary>
    /// <param name="chunks">All of them, in their order.</param>
    /// <param name="bytesMax">What the caller is ready to hold, in bytes; nothing beyond it is decompressed.</param>
    /// <param name="record">Null unless Ok.</param>
    /// <returns>Incomplete when the chunks are not all there or not of one version of the record.</returns>
    public static RecordStatus Join(IReadOnlyList<Chunk> chunks, int bytesMax, out byte[]? record)
    {
        record = null;
        if (chunks.Count == 0 || chunks[0].Total != chunks.Count) return RecordStatus.Incomplete;
        for (int i = 0; i < chunks.Count; i++)
        {
            if (chunks[i].Index != i || chunks[i].Total != chunks.Count) return RecordStatus.Incomplete;
        }

        if (chunks[0].OriginalBytes > (uint)bytesMax) return RecordStatus.TooLarge;
        byte[] compressed = new byte[chunks.Sum(chunk => chunk.Payload.Length)];
        int at = 0;
        foreach (Chunk chunk in chunks)
        {
            chunk.Payload.CopyTo(compressed.AsMemory(at));
            at += chunk.Payload.Length;
        }

        if (Decompress(compressed, (int)chunks[0].OriginalBytes) is not { } whole) return RecordStatus.Incomplete;
        Span<byte> hash = stackalloc byte[Sha3.Bytes256];
        Sha3.Hash256(whole, hash);
        if (!chunks[0].ContentHash.IsEmpty && !chunks[0].ContentHash.Span.SequenceEqual(hash)) return RecordStatus.Incomplete;
        record = whole;
        return RecordStatus.Ok;
    }

    private static byte[]? Decompress(byte[] compressed, int size)
    {
        byte[] whole = new byte[size];
        using var decompressor = new Decompressor();
        try
        {
            return decompressor.TryUnwrap(compressed, whole, out int written) && written == size ? whole : null;
        }
        catch (ZstdException)
        {
            // Broken input is told by exception in this library, also where its name begins with Try.
            return null;
        }
    }
}
