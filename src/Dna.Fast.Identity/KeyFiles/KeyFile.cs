using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>The bytes of a key file, version 1: a user's secrets under a passphrase, and in front of them what anybody may know. Any thread; never throws on input.</summary>
/// <remarks>
/// <code>
/// offset bytes
///      0     8  magic: 89 "DNAKEY" 0A
///      8     1  version: 1
///      9     1  suite: 1 = messenger, 2 = fast
///     10     1  key derivation: 1 = Argon2id, version 1.3, one lane, 32 bytes
///     11     1  cipher: 1 = XChaCha20-Poly1305
///     12     4  memory of the key derivation, KiB
///     16     4  passes of the key derivation
///     20    16  salt
///     36    24  nonce
///     60    64  fingerprint: SHA3-512 of the signing key
///    124     2  n, then n bytes: name, UTF-8, no control characters, at most 255
///            k  signing key, public:    2592 (messenger) or 32 (fast)
///            k  encryption key, public: 1568 (messenger) or 32 (fast)
///            2  d, then d bytes: DER SubjectPublicKeyInfo of the DHT identity; d = 0 when there is none
///            4  s, then s bytes: ciphertext, and its tag of 16 bytes; all bytes in front are its associated data
///           32  SHA-256 of all bytes in front: tells damage from a wrong passphrase, and protects nothing
/// </code>
/// <para>Numbers are big-endian. The plaintext is a row of items, <c>kind 1 | length 4 | bytes</c>, each kind at most once, in ascending order: 1 = the 64-byte master of a mnemonic;
/// 2 and 3 = private signing and encryption key as <see cref="IIdentityKeys.ExportPrivate"/> writes them; 4 = the DHT identity as <see cref="DhtIdentityBuffer"/>. There is either 1, or 2 and
/// 3. The passphrase is the UTF-8 of what was typed, not normalised.</para>
/// <para>Salt and nonce are new in every file, so no two files share a key.</para>
/// </remarks>
public static class KeyFile
{
    /// <summary>The version this program writes, and the latest it reads.</summary>
    public const byte Version = 1;

    /// <summary>Largest key file, in bytes: ten times a messenger identity with imported keys and RSA-8192.</summary>
    public const int BytesMax = 256 * 1024;

    internal const byte Argon2id = 1;
    internal const byte XChaCha20Poly1305 = 1;
    internal const int NonceBytes = 24;
    internal const int TagBytes = 16;
    internal const int ChecksumBytes = SHA256.HashSizeInBytes;

    internal static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;

    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'D', (byte)'N', (byte)'A', (byte)'K', (byte)'E', (byte)'Y', 0x0A];

    /// <summary>Writes a key file's bytes.</summary>
    /// <param name="passphrase">UTF-8, not empty.</param>
    /// <param name="cost">Must be bearable.</param>
    /// <param name="random">For salt and nonce.</param>
    /// <exception cref="CryptographicException">The passphrase's key needs more memory than there is.</exception>
    public static byte[] Seal(UserIdentity identity, ReadOnlySpan<byte> passphrase, PassphraseCost cost, FillRandom random)
    {
        if (!cost.IsBearable) throw new ArgumentOutOfRangeException(nameof(cost));
        if (passphrase.IsEmpty) throw new ArgumentException("A passphrase has at least one byte.", nameof(passphrase));
        Span<byte> salt = stackalloc byte[PassphraseCost.SaltBytes], nonce = stackalloc byte[NonceBytes];
        random(salt);
        random(nonce);
        using SecretBytes plain = KeyFileItems.Write(identity);
        int sealedBytes = plain.Length + TagBytes;
        byte[] name = Encoding.UTF8.GetBytes(identity.Name);
        ReadOnlySpan<byte> dht = identity.Dht is { } rsa ? rsa.PublicKey.Span : default;

        var file = new MemoryStream();
        file.Write(Magic);
        file.Write([Version, (byte)identity.Suite.Id, Argon2id, XChaCha20Poly1305]);
        WriteUInt32(file, (uint)cost.MemoryKiB);
        WriteUInt32(file, (uint)cost.Passes);
        file.Write(salt);
        file.Write(nonce);
        file.Write(Convert.FromHexString(identity.Keys.Fingerprint));
        WriteUInt16(file, (ushort)name.Length);
        file.Write(name);
        file.Write(identity.Keys.SigningKey.Span);
        file.Write(identity.Keys.EncryptionKey.Span);
        WriteUInt16(file, (ushort)dht.Length);
        file.Write(dht);
        WriteUInt32(file, (uint)sealedBytes);

        byte[] header = file.ToArray();
        byte[] content = [.. header, .. new byte[sealedBytes + ChecksumBytes]];
        using (Key key = cost.DeriveKey(passphrase, salt)) Cipher.Encrypt(key, nonce, header, plain.Span, content.AsSpan(header.Length, sealedBytes));
        SHA256.HashData(content.AsSpan(..^ChecksumBytes), content.AsSpan(^ChecksumBytes..));
        return content;
    }

    /// <summary>Reads what a key file says without its passphrase.</summary>
    /// <param name="header">Not null exactly when Ok.</param>
    /// <returns>Ok, Foreign, NewerVersion, Truncated, Damaged or TooCostly.</returns>
    public static KeyFileStatus ReadHeader(ReadOnlySpan<byte> content, UserSuites suites, out KeyFileHeader? header)
    {
        KeyFileStatus status = KeyFileReader.Read(content, suites, out KeyFileParts parts);
        header = status == KeyFileStatus.Ok ? parts.Header : null;
        return status;
    }

    /// <summary>Opens a key file.</summary>
    /// <param name="identity">Not null exactly when Ok; the caller disposes it.</param>
    /// <returns>As <see cref="ReadHeader"/>, or WrongPassphrase; Damaged also when what was sealed is not what the header says.</returns>
    /// <exception cref="CryptographicException">The passphrase's key needs more memory than there is.</exception>
    public static KeyFileStatus Open(ReadOnlySpan<byte> content, ReadOnlySpan<byte> passphrase, UserSuites suites, out UserIdentity? identity)
    {
        identity = null;
        KeyFileStatus status = KeyFileReader.Read(content, suites, out KeyFileParts parts);
        if (status != KeyFileStatus.Ok) return status;
        using var plain = new SecretBytes(parts.Sealed.Length - TagBytes);
        using (Key key = parts.Header.Cost.DeriveKey(passphrase, parts.Salt))
        {
            if (!Cipher.Decrypt(key, parts.Nonce, parts.Associated, parts.Sealed, plain.Span)) return KeyFileStatus.WrongPassphrase;
        }

        identity = KeyFileItems.Read(plain.Span, suites.Find(parts.Header.Suite)!, parts.Header);
        return identity is null ? KeyFileStatus.Damaged : KeyFileStatus.Ok;
    }

    private static void WriteUInt16(MemoryStream file, ushort number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        file.Write(bytes);
    }

    private static void WriteUInt32(MemoryStream file, uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        file.Write(bytes);
    }
}
