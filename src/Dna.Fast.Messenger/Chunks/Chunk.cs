namespace Dna.Fast.Messenger;

/// <summary>One part of a chunked record (DNA layer, section 15.2).</summary>
/// <param name="Total">Chunks of the record; 0 in the first chunk of a deleted one.</param>
/// <param name="Index">Which one this is, from 0.</param>
/// <param name="OriginalBytes">Size of the whole record before compression; meaningful in chunk 0.</param>
/// <param name="ContentHash">SHA3-256 of the whole record before compression; in chunk 0 of version 2, else empty.</param>
/// <param name="Payload">Compressed bytes, at most <see cref="ChunkCodec.PayloadBytesMax"/>.</param>
public sealed record Chunk(uint Total, uint Index, uint OriginalBytes, ReadOnlyMemory<byte> ContentHash, ReadOnlyMemory<byte> Payload);
