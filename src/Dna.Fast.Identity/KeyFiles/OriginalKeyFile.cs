using System.Buffers.Binary;
using System.Text;

namespace Dna.Fast.Identity;

/// <summary>Which of the original client's two private key files.</summary>
public enum OriginalKeyKind : byte
{
    /// <summary><c>.dsa</c>: ML-DSA-87, 2592 and 4896 bytes.</summary>
    Signing = 1,

    /// <summary><c>.kem</c>: Kyber1024 round 3, 1568 and 3168 bytes.</summary>
    Encryption = 2,
}

/// <summary>The original client's private key files <c>.dsa</c> and <c>.kem</c> (DNA layer, section 2.4). They are not encrypted. Any thread; never throws on input.</summary>
/// <remarks>
/// <code>
/// offset bytes
///      0     8  magic: "PQSIGNUM"
///      8     1  version: 1
///      9     1  kind: 1 = ML-DSA-87, 2 = Kyber1024 round 3
///     10     1  purpose: 1 = signing, 2 = encryption
///     11     1  0
///     12     4  bytes of the public key, little-endian
///     16     4  bytes of the private key, little-endian
///     20   256  name, padded with zeros
///    276        public key, then private key; nothing behind it
/// </code>
/// </remarks>
public static class OriginalKeyFile
{
    private const int HeaderBytes = 276;
    private const int NameBytes = 256;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "PQSIGNUM"u8;

    /// <summary>Bytes of a file.</summary>
    public static int BytesOf(OriginalKeyKind kind) => HeaderBytes + PublicBytes(kind) + PrivateBytes(kind);

    /// <summary>Reads a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="publicKey">The public key; empty unless Ok.</param>
    /// <param name="privateKey">The private key inside <paramref name="content"/>; empty unless Ok. Whether the two belong together is not checked.</param>
    /// <param name="name">The name; empty unless Ok, or when it is no text.</param>
    /// <returns>Ok, Foreign, NewerVersion, WrongKind, Truncated or Damaged.</returns>
    public static KeyFileStatus Read(
        ReadOnlySpan<byte> content, OriginalKeyKind kind, out ReadOnlySpan<byte> publicKey, out ReadOnlySpan<byte> privateKey, out string name)
    {
        publicKey = privateKey = default;
        name = "";
        if (!Magic.StartsWith(content[..Math.Min(content.Length, Magic.Length)])) return KeyFileStatus.Foreign;
        if (content.Length < HeaderBytes) return KeyFileStatus.Truncated;
        if (content[8] != Version) return KeyFileStatus.NewerVersion;
        if (content[9] != (byte)kind || content[10] != (byte)kind) return KeyFileStatus.WrongKind;
        uint publicBytes = BinaryPrimitives.ReadUInt32LittleEndian(content[12..]), privateBytes = BinaryPrimitives.ReadUInt32LittleEndian(content[16..]);
        if (publicBytes != PublicBytes(kind) || privateBytes != PrivateBytes(kind)) return KeyFileStatus.Damaged;
        if (content.Length < BytesOf(kind)) return KeyFileStatus.Truncated;
        if (content.Length > BytesOf(kind) || content[11] != 0) return KeyFileStatus.Damaged;
        publicKey = content.Slice(HeaderBytes, (int)publicBytes);
        privateKey = content[(HeaderBytes + (int)publicBytes)..];
        ReadOnlySpan<byte> padded = content.Slice(20, NameBytes);
        int end = padded.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? padded : padded[..end]);
        name = UserIdentity.IsName(text) && !text.Contains('\uFFFD', StringComparison.Ordinal) ? text : "";
        return KeyFileStatus.Ok;
    }

    /// <summary>Writes a file's bytes; the caller disposes them.</summary>
    /// <param name="name">Cut to 255 bytes, so that a zero ends it.</param>
    public static SecretBytes Write(OriginalKeyKind kind, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> privateKey, string name)
    {
        if (publicKey.Length != PublicBytes(kind) || privateKey.Length != PrivateBytes(kind)) throw new ArgumentException("These are keys of another suite.", nameof(publicKey));
        var content = new SecretBytes(BytesOf(kind));
        Span<byte> file = content.Span;
        Magic.CopyTo(file);
        file[8] = Version;
        file[9] = file[10] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(file[12..], publicKey.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file[16..], privateKey.Length);
        byte[] text = Encoding.UTF8.GetBytes(name);
        text.AsSpan(0, Math.Min(text.Length, NameBytes - 1)).CopyTo(file[20..]);
        publicKey.CopyTo(file[HeaderBytes..]);
        privateKey.CopyTo(file[(HeaderBytes + publicKey.Length)..]);
        return content;
    }

    private static int PublicBytes(OriginalKeyKind kind) => kind == OriginalKeyKind.Signing ? MlDsa87.PublicKeyBytes : Kyber1024.PublicKeyBytes;

    private static int PrivateBytes(OriginalKeyKind kind) => kind == OriginalKeyKind.Signing ? MlDsa87.PrivateKeyBytes : Kyber1024.PrivateKeyBytes;
}
