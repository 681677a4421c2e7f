using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using NSec.Cryptography;
using IncrementalHash = System.Security.Cryptography.IncrementalHash;

namespace Dna.Fast.Identity;

/// <summary>The fast suite's envelope, version 1.</summary>
/// <remarks>
/// <para>Prefix: <c>"DNAF" 4 | version 1 | suite 2 | recipients R | 0 | n, 4 bytes big-endian</c>, then R wrapped keys of 80 bytes, then <c>nonce 24</c>. Content: XChaCha20-Poly1305 under the
/// wrapped key with the whole prefix as further data, of <c>sender's signing key 32 | signature 64 | plaintext n</c>, and its tag of 16 bytes. In all 148 + 80 R + n bytes.</para>
/// <para>The signature is Ed25519 over <c>"dna-fast-envelope-v1" | SHA-512(prefix, plaintext)</c>. So a changed bit anywhere is noticed by every recipient; only recipients learn
/// who sent it; and because the signature covers the entries, a recipient cannot send the text on in the sender's name.</para>
/// </remarks>
internal static class FastEnvelope
{
    private const byte Version = 1;
    private const int VersionAt = 4;
    private const int SuiteAt = 5;
    private const int CountAt = 6;
    private const int ReservedAt = 7;
    private const int LengthAt = 8;
    private const int HeaderBytes = 12;

    // Sender's key and signature, in front of the plaintext.
    private const int InnerBytes = FastSuite.KeyBytes + FastSuite.SignatureSize;

    private static ReadOnlySpan<byte> Magic => "DNAF"u8;

    private static ReadOnlySpan<byte> Label => "dna-fast-envelope-v1"u8;

    public static int Size(int plaintextBytes, int recipients) => PrefixBytes(recipients) + InnerBytes + plaintextBytes + FastSuite.TagBytes;

    /// <returns>Null when a recipient's key is no key of this suite.</returns>
    /// <exception cref="ArgumentException">No recipient, too many, a key of a wrong size, or too long a plaintext.</exception>
    public static byte[]? Seal(FastSuite suite, FastKeys sender, IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext)
    {
        EnvelopeChecks.Check(suite, recipients, plaintext.Length);
        byte[] envelope = new byte[Size(plaintext.Length, recipients.Count)];
        Span<byte> prefix = envelope.AsSpan(0, PrefixBytes(recipients.Count));
        WriteHeader(prefix, recipients.Count, plaintext.Length);
        Span<byte> secret = stackalloc byte[FastSuite.KeyBytes];
        byte[] inner = GC.AllocateUninitializedArray<byte>(InnerBytes + plaintext.Length);
        try
        {
            suite.Random(secret);
            for (int i = 0; i < recipients.Count; i++)
            {
                if (!suite.WrapKey(recipients[i].Span, secret, prefix.Slice(EntryAt(i), FastSuite.WrappedBytes))) return null;
            }

            Span<byte> nonce = prefix[^FastSuite.NonceBytes..];
            suite.Random(nonce);
            Span<byte> toSign = stackalloc byte[SignedBytes];
            WriteSigned(prefix, plaintext, toSign);
            sender.SigningKey.Span.CopyTo(inner);
            sender.Sign(toSign, inner.AsSpan(FastSuite.KeyBytes, FastSuite.SignatureSize));
            plaintext.CopyTo(inner.AsSpan(InnerBytes));
            using Key key = ImportKey(secret);
            FastSuite.Cipher.Encrypt(key, nonce, prefix, inner, envelope.AsSpan(prefix.Length));
            return envelope;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(inner);
        }
    }

    public static OpenStatus Open(FastSuite suite, Key privateKey, ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey)
    {
        plaintext = senderKey = null;
        OpenStatus status = Read(envelope, out int recipients);
        if (status != OpenStatus.Ok) return status;
        ReadOnlySpan<byte> prefix = envelope[..PrefixBytes(recipients)], content = envelope[prefix.Length..];
        Span<byte> secret = stackalloc byte[FastSuite.KeyBytes];
        if (!TryUnwrapAny(privateKey, prefix, recipients, secret)) return OpenStatus.NotForUs;

        using Key key = ImportKey(secret);
        CryptographicOperations.ZeroMemory(secret);
        byte[] inner = GC.AllocateUninitializedArray<byte>(content.Length - FastSuite.TagBytes);
        try
        {
            if (!FastSuite.Cipher.Decrypt(key, prefix[^FastSuite.NonceBytes..], prefix, content, inner)) return OpenStatus.Damaged;
            ReadOnlySpan<byte> sender = inner.AsSpan(0, FastSuite.KeyBytes), opened = inner.AsSpan(InnerBytes);
            Span<byte> signed = stackalloc byte[SignedBytes];
            WriteSigned(prefix, opened, signed);
            if (!suite.Verify(sender, signed, inner.AsSpan(FastSuite.KeyBytes, FastSuite.SignatureSize))) return OpenStatus.BadSignature;
            plaintext = opened.ToArray();
            senderKey = sender.ToArray();
            return OpenStatus.Ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inner);
        }
    }

    private static bool TryUnwrapAny(Key privateKey, ReadOnlySpan<byte> prefix, int recipients, Span<byte> secret)
    {
        for (int i = 0; i < recipients; i++)
        {
            if (FastSuite.TryUnwrapKey(privateKey, prefix.Slice(EntryAt(i), FastSuite.WrappedBytes), secret)) return true;
        }

        return false;
    }

    private static void WriteHeader(Span<byte> prefix, int recipients, int length)
    {
        Magic.CopyTo(prefix);
        prefix[VersionAt] = Version;
        prefix[SuiteAt] = (byte)SuiteId.Fast;
        prefix[CountAt] = (byte)recipients;
        prefix[ReservedAt] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[LengthAt..], length);
    }

    /// <summary>Checks every length and every constant before anything is computed or allocated.</summary>
    private static OpenStatus Read(ReadOnlySpan<byte> envelope, out int recipients)
    {
        recipients = 0;
        if (!envelope.StartsWith(Magic)) return OpenStatus.NotAnEnvelope;
        if (envelope.Length < HeaderBytes) return OpenStatus.Malformed;
        if (envelope[VersionAt] != Version) return OpenStatus.UnknownVersion;
        recipients = envelope[CountAt];
        if (envelope[SuiteAt] != (byte)SuiteId.Fast || envelope[ReservedAt] != 0 || recipients is 0 or > EnvelopeLimits.RecipientsMax) return OpenStatus.Malformed;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(envelope[LengthAt..]);
        return length <= EnvelopeLimits.PlaintextBytesMax && envelope.Length == Size((int)length, recipients) ? OpenStatus.Ok : OpenStatus.Malformed;
    }

    private static int SignedBytes => Label.Length + SHA512.HashSizeInBytes;

    private static void WriteSigned(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> plaintext, Span<byte> signed)
    {
        Label.CopyTo(signed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        // The prefix says how long it is itself, so the two cannot be divided in another way.
        hash.AppendData(prefix);
        hash.AppendData(plaintext);
        hash.GetHashAndReset(signed[Label.Length..]);
    }

    private static Key ImportKey(ReadOnlySpan<byte> secret) => Key.Import(FastSuite.Cipher, secret, KeyBlobFormat.RawSymmetricKey);

    private static int EntryAt(int index) => HeaderBytes + index * FastSuite.WrappedBytes;

    private static int PrefixBytes(int recipients) => EntryAt(recipients) + FastSuite.NonceBytes;
}
