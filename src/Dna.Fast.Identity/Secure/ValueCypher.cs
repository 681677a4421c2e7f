using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Encrypted values (wire specification, section 4.5). Any thread.</summary>
/// <remarks>
/// <code>
/// n = bytes of the recipient's modulus, L = bytes of the plaintext (a dat map)
/// L &lt;= n - 11:  RSAES-PKCS1-v1_5(plaintext)                                                n bytes
/// else:         RSAES-PKCS1-v1_5(AES key 32) | IV 12 | AES-256-GCM ciphertext L | tag 16    no associated data
/// </code>
/// PKCS#1 v1.5 tells whoever can see the difference between a wrong padding and a wrong content more than it should (Bleichenbacher, 1998). So a failed unwrapping goes
/// on with a random key, and all failures are one answer. What remains is the time of the exception by which the platform reports the padding, microseconds beside the
/// milliseconds of the private-key operation; and nobody outside is answered after a decryption.
/// </remarks>
internal static class ValueCypher
{
    private const int PaddingBytes = 11;
    private const int AesKeyBytes = 32;
    private const int IvBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Length of the cypher, in bytes.</summary>
    /// <param name="modulusBytes">Of the recipient's key, 128 or more.</param>
    public static int BytesOf(int plaintextBytes, int modulusBytes) =>
        plaintextBytes <= modulusBytes - PaddingBytes ? modulusBytes : modulusBytes + IvBytes + plaintextBytes + TagBytes;

    /// <summary>True when a cypher of this length can be for a key; any other is none.</summary>
    public static bool IsLengthFor(RsaIdentity identity, int cypherBytes)
    {
        int modulusBytes = (identity.Bits + 7) / 8;
        return cypherBytes == modulusBytes || cypherBytes >= modulusBytes + IvBytes + TagBytes;
    }

    /// <param name="recipient">The recipient's public key, of 1024 bits or more.</param>
    public static byte[] Encrypt(RSA recipient, ReadOnlySpan<byte> plaintext)
    {
        int modulusBytes = (recipient.KeySize + 7) / 8;
        if (plaintext.Length <= modulusBytes - PaddingBytes) return recipient.Encrypt(plaintext, RSAEncryptionPadding.Pkcs1);

        byte[] cypher = new byte[BytesOf(plaintext.Length, modulusBytes)];
        Span<byte> iv = cypher.AsSpan(modulusBytes, IvBytes), body = cypher.AsSpan(modulusBytes + IvBytes, plaintext.Length);
        Span<byte> key = stackalloc byte[AesKeyBytes];
        try
        {
            RandomNumberGenerator.Fill(key);
            RandomNumberGenerator.Fill(iv);
            recipient.Encrypt(key, cypher, RSAEncryptionPadding.Pkcs1);
            using var aes = new AesGcm(key, TagBytes);
            aes.Encrypt(iv, plaintext, body, cypher.AsSpan(cypher.Length - TagBytes));
            return cypher;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <returns>The plaintext, which is whatever the sender made it; null when this is not for us or was changed: the two look alike.</returns>
    public static byte[]? Decrypt(RsaIdentity identity, ReadOnlySpan<byte> cypher)
    {
        int modulusBytes = (identity.Bits + 7) / 8;
        if (!IsLengthFor(identity, cypher.Length)) return null;
        if (cypher.Length == modulusBytes) return identity.Unwrap(cypher);

        byte[] random = RandomNumberGenerator.GetBytes(AesKeyBytes);
        byte[]? unwrapped = identity.Unwrap(cypher[..modulusBytes]);
        try
        {
            // Writers of the specification use the largest size; the others are read.
            byte[] key = unwrapped is { Length: 16 or 24 or AesKeyBytes } ? unwrapped : random;
            byte[] plaintext = GC.AllocateUninitializedArray<byte>(cypher.Length - modulusBytes - IvBytes - TagBytes, pinned: true);
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(cypher.Slice(modulusBytes, IvBytes), cypher[(modulusBytes + IvBytes)..^TagBytes], cypher[^TagBytes..], plaintext);
            return plaintext;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            // A block of another length than a key's is some other secret of its sender.
            CryptographicOperations.ZeroMemory(unwrapped);
            CryptographicOperations.ZeroMemory(random);
        }
    }
}
