using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dna.Fast.Identity;

/// <summary>The buffer form of a DHT identity (DNA layer, section 5.1): what the original client exports, seals and imports. Any thread; never throws on input.</summary>
/// <remarks>
/// <code>
/// u32 BE key bytes         | private key, PKCS#1 PEM, newline at its end
/// u32 BE certificate bytes | certificates, PEM, leaf first
/// </code>
/// About 5,200 bytes with RSA-4096. Bytes behind the certificates are ignored, as the original ignores them. Unlike there, key and leaf must belong together.
/// </remarks>
public static class DhtIdentityBuffer
{
    private const int LengthBytes = sizeof(uint);

    /// <summary>Writes the buffer. A secret: the caller zeroes it.</summary>
    public static byte[] Export(RsaIdentity identity)
    {
        char[] key = identity.ExportPkcs1Pem();
        byte[] chain = Encoding.ASCII.GetBytes(identity.ChainPem());
        byte[] buffer = Pinned.Bytes(2 * LengthBytes + key.Length + chain.Length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer, (uint)key.Length);
        Encoding.ASCII.GetBytes(key, buffer.AsSpan(LengthBytes));
        Array.Clear(key);
        Span<byte> rest = buffer.AsSpan(LengthBytes + key.Length);
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)chain.Length);
        chain.CopyTo(rest[LengthBytes..]);
        return buffer;
    }

    /// <summary>Reads the buffer.</summary>
    /// <returns>Ok with the identity, which the caller disposes; <see cref="IdentityFileStatus.Truncated"/> for lengths that do not fit or damaged content,
    /// <see cref="IdentityFileStatus.Foreign"/>, <see cref="IdentityFileStatus.NotRsa"/>, <see cref="IdentityFileStatus.PairMismatch"/>.</returns>
    public static IdentityFileResult Import(ReadOnlySpan<byte> buffer)
    {
        if (!TryTake(ref buffer, out ReadOnlySpan<byte> keyPem) || !TryTake(ref buffer, out ReadOnlySpan<byte> chainPem)) return Failed(IdentityFileStatus.Truncated);
        char[] keyText = Pinned.Chars(keyPem.Length);
        Encoding.Latin1.GetChars(keyPem, keyText);
        IdentityFileStatus status;
        RSA? key;
        try
        {
            status = PrivateKeyReader.Read(keyText, keyPem, password: [], out key);
        }
        finally
        {
            Array.Clear(keyText);
        }

        // The layout has no password: an encrypted key is foreign here.
        if (key is null) return Failed(status == IdentityFileStatus.PasswordNeeded ? IdentityFileStatus.Foreign : status);
        char[] chainText = new char[chainPem.Length];
        Encoding.Latin1.GetChars(chainPem, chainText);
        status = CertificateChainReader.Read(chainText, chainPem, out IReadOnlyList<byte[]> chain);
        if (status == IdentityFileStatus.Ok && RsaIdentity.Join(key, chain) is { } identity) return IdentityFileResult.Ok(identity);
        key.Dispose();
        return Failed(status == IdentityFileStatus.Ok ? IdentityFileStatus.PairMismatch : status);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (buffer.Length < LengthBytes) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length > buffer.Length - LengthBytes) return false;
        part = buffer.Slice(LengthBytes, (int)length);
        buffer = buffer[(LengthBytes + (int)length)..];
        return true;
    }

    private static IdentityFileResult Failed(IdentityFileStatus status) => IdentityFileResult.Failed(status, status switch
    {
        IdentityFileStatus.NotRsa => "the DHT identity holds no RSA key of 1024 to 8192 bits: it is of another network's client",
        IdentityFileStatus.PairMismatch => "the certificate of the DHT identity is of another key: the buffer was put together wrongly; use another backup",
        IdentityFileStatus.Truncated => "the DHT identity is cut short or damaged: use another backup",
        _ => "this is no DHT identity: it holds no key or no certificate",
    });
}
