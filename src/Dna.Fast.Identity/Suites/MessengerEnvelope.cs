using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The envelope PQSIGENC, version 6, of the original client (DNA layer, section 10.1).</summary>
/// <remarks>
/// <para>Header, 20 bytes: <c>"PQSIGENC" | version 6 | key type 23 | recipients R | 0 | n, 4 bytes little-endian | 7224, 4 bytes little-endian</c>. Then R wrapped keys of 1608 bytes. Then
/// <c>nonce 12 | AES-256-GCM ciphertext n | tag 16</c>, with the header as further data. Then the signature block, 7224 bytes: <c>type 1 | 2592, 2 bytes big-endian | 4627, 2
/// bytes big-endian | signing key | signature over the plaintext</c>.</para>
/// <para>What the format does not protect, and no reader can mend: another recipient's entry may be changed without our noticing; the sender's key is seen by all; and the signature
/// names no recipient, so whoever was sent a text can send it on in the sender's name.</para>
/// </remarks>
internal static class MessengerEnvelope
{
    private const byte Version = 6;
    private const byte KeyType = 23;
    private const byte SignatureType = 1;
    private const int VersionAt = 8;
    private const int KeyTypeAt = 9;
    private const int CountAt = 10;
    private const int ReservedAt = 11;
    private const int LengthAt = 12;
    private const int BlockLengthAt = 16;
    private const int HeaderBytes = 20;
    private const int KeyLengthAt = 1;
    private const int SignatureLengthAt = 3;
    private const int BlockHeaderBytes = 5;
    private const int BlockBytes = BlockHeaderBytes + MlDsa87.PublicKeyBytes + MlDsa87.SignatureBytes;

    private static ReadOnlySpan<byte> Magic => "PQSIGENC"u8;

    public static int Size(int plaintextBytes, int recipients) =>
        ContentAt(recipients) + MessengerSuite.NonceBytes + plaintextBytes + MessengerSuite.TagBytes + BlockBytes;

    /// <param name="sender">Whose key and signature it carries.</param>
    /// <exception cref="ArgumentException">No recipient, too many, a key of a wrong size, or too long a plaintext.</exception>
    public static byte[] Seal(MessengerSuite suite, MessengerKeys sender, IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext)
    {
        EnvelopeChecks.Check(suite, recipients, plaintext.Length);
        byte[] envelope = new byte[Size(plaintext.Length, recipients.Count)];
        WriteHeader(envelope, recipients.Count, plaintext.Length);
        var parts = new Parts(envelope, recipients.Count, plaintext.Length);
        Span<byte> key = stackalloc byte[MessengerSuite.AesKeyBytes];
        try
        {
            suite.Random(key);
            for (int i = 0; i < recipients.Count; i++) suite.WrapKey(recipients[i].Span, key, envelope.AsSpan(ContentAt(i), MessengerSuite.WrappedBytes));

            Span<byte> nonce = envelope.AsSpan(parts.NonceAt, MessengerSuite.NonceBytes);
            suite.Random(nonce);
            using var aes = new AesGcm(key, MessengerSuite.TagBytes);
            aes.Encrypt(
                nonce, plaintext, envelope.AsSpan(parts.CiphertextAt, plaintext.Length), envelope.AsSpan(parts.TagAt, MessengerSuite.TagBytes),
                envelope.AsSpan(0, HeaderBytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        Span<byte> block = envelope.AsSpan(parts.BlockAt);
        block[0] = SignatureType;
        BinaryPrimitives.WriteUInt16BigEndian(block[KeyLengthAt..], MlDsa87.PublicKeyBytes);
        BinaryPrimitives.WriteUInt16BigEndian(block[SignatureLengthAt..], MlDsa87.SignatureBytes);
        sender.SigningKey.Span.CopyTo(block[BlockHeaderBytes..]);
        sender.Sign(plaintext, block[(BlockHeaderBytes + MlDsa87.PublicKeyBytes)..]);
        return envelope;
    }

    /// <param name="privateKey">Kyber's.</param>
    public static OpenStatus Open(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey)
    {
        plaintext = senderKey = null;
        OpenStatus status = Read(envelope, out Parts parts);
        if (status != OpenStatus.Ok) return status;
        Span<byte> key = stackalloc byte[MessengerSuite.AesKeyBytes];
        byte[] opened;
        try
        {
            if (!TryUnwrapAny(privateKey, envelope, parts.Recipients, key)) return OpenStatus.NotForUs;
            opened = GC.AllocateUninitializedArray<byte>(parts.Length);
            bool isWhole = MessengerSuite.TryDecrypt(
                key, envelope.Slice(parts.NonceAt, MessengerSuite.NonceBytes), envelope.Slice(parts.CiphertextAt, parts.Length),
                envelope.Slice(parts.TagAt, MessengerSuite.TagBytes), opened, envelope[..HeaderBytes]);
            if (!isWhole) return OpenStatus.Damaged;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        ReadOnlySpan<byte> sender = envelope.Slice(parts.BlockAt + BlockHeaderBytes, MlDsa87.PublicKeyBytes);
        if (!MlDsa87.Verify(sender, opened, envelope[(parts.BlockAt + BlockHeaderBytes + MlDsa87.PublicKeyBytes)..]))
        {
            CryptographicOperations.ZeroMemory(opened);
            return OpenStatus.BadSignature;
        }

        plaintext = opened;
        senderKey = sender.ToArray();
        return OpenStatus.Ok;
    }

    private static bool TryUnwrapAny(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> envelope, int recipients, Span<byte> key)
    {
        for (int i = 0; i < recipients; i++)
        {
            if (MessengerSuite.TryUnwrapKey(privateKey, envelope.Slice(ContentAt(i), MessengerSuite.WrappedBytes), key)) return true;
        }

        return false;
    }

    private static void WriteHeader(Span<byte> envelope, int recipients, int length)
    {
        Magic.CopyTo(envelope);
        envelope[VersionAt] = Version;
        envelope[KeyTypeAt] = KeyType;
        envelope[CountAt] = (byte)recipients;
        BinaryPrimitives.WriteInt32LittleEndian(envelope[LengthAt..], length);
        BinaryPrimitives.WriteInt32LittleEndian(envelope[BlockLengthAt..], BlockBytes);
    }

    /// <summary>Checks every length and every constant before anything is computed or allocated.</summary>
    private static OpenStatus Read(ReadOnlySpan<byte> envelope, out Parts parts)
    {
        parts = default;
        if (envelope.Length < Magic.Length || !envelope.StartsWith(Magic)) return OpenStatus.NotAnEnvelope;
        if (envelope.Length < HeaderBytes) return OpenStatus.Malformed;
        if (envelope[VersionAt] != Version) return OpenStatus.UnknownVersion;
        int recipients = envelope[CountAt];
        if (envelope[KeyTypeAt] != KeyType || envelope[ReservedAt] != 0 || recipients is 0 or > EnvelopeLimits.RecipientsMax) return OpenStatus.Malformed;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(envelope[LengthAt..]);
        if (length > EnvelopeLimits.PlaintextBytesMax || BinaryPrimitives.ReadUInt32LittleEndian(envelope[BlockLengthAt..]) != BlockBytes) return OpenStatus.Malformed;
        if (envelope.Length != Size((int)length, recipients)) return OpenStatus.Malformed;

        parts = new Parts(envelope, recipients, (int)length);
        ReadOnlySpan<byte> block = envelope[parts.BlockAt..];
        bool isKnown = block[0] == SignatureType
            && BinaryPrimitives.ReadUInt16BigEndian(block[KeyLengthAt..]) == MlDsa87.PublicKeyBytes
            && BinaryPrimitives.ReadUInt16BigEndian(block[SignatureLengthAt..]) == MlDsa87.SignatureBytes;
        return isKnown ? OpenStatus.Ok : OpenStatus.Malformed;
    }

    private static int ContentAt(int recipients) => HeaderBytes + recipients * MessengerSuite.WrappedBytes;

    /// <summary>Where things lie in an envelope.</summary>
    private readonly struct Parts(ReadOnlySpan<byte> envelope, int recipients, int length)
    {
        public int Recipients { get; } = recipients;

        public int Length { get; } = length;

        public int NonceAt { get; } = ContentAt(recipients);

        public int BlockAt { get; } = envelope.Length - BlockBytes;

        public int CiphertextAt => NonceAt + MessengerSuite.NonceBytes;

        public int TagAt => BlockAt - MessengerSuite.TagBytes;
    }
}
