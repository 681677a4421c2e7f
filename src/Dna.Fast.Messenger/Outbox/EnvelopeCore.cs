using System.Buffers.Binary;

namespace Dna.Fast.Messenger;

/// <summary>What of an envelope nobody changes without its reader's noticing: that names a message, and not the bytes around it, which whoever copies it can vary (DNA layer, section 10.1).</summary>
/// <remarks>
/// In the messenger suite's envelope, <c>header 20 | entries, 1608 each | nonce 12 | ciphertext n | tag 16 | signature block 7224</c> with R at byte 10 and n, 4 bytes little-endian, at 12, the entries
/// of others are authenticated by nothing: the core is nonce, ciphertext and tag. Any other envelope authenticates all of itself, or is opened by nobody: it is its own core.
/// </remarks>
internal static class EnvelopeCore
{
    private const byte Version = 6;
    private const int VersionAt = 8;
    private const int CountAt = 10;
    private const int LengthAt = 12;
    private const int HeaderBytes = 20;
    private const int EntryBytes = 1608;
    private const int NonceAndTagBytes = 12 + 16;
    private const int BlockBytes = 7224;

    private static ReadOnlySpan<byte> Magic => "PQSIGENC"u8;

    /// <returns>A slice of the envelope.</returns>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < HeaderBytes || !envelope.StartsWith(Magic) || envelope[VersionAt] != Version) return envelope;
        int at = HeaderBytes + envelope[CountAt] * EntryBytes;
        long bytes = NonceAndTagBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(envelope[LengthAt..]);
        return envelope.Length == at + bytes + BlockBytes ? envelope.Slice(at, (int)bytes) : envelope;
    }
}
