using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>A message to a group, sealed with the group's key and signed by its sender (DNA layer, section 12.7).</summary>
/// <param name="Id"><c>fingerprint_uuid_milliseconds</c>.</param>
/// <param name="Sender">Fingerprint.</param>
/// <param name="Uuid">The group's.</param>
/// <param name="TimestampMs">Milliseconds since 1970, by the sender's clock.</param>
/// <param name="KeyVersion">Which of the group's keys opens it.</param>
/// <param name="Nonce">12 bytes.</param>
/// <param name="Ciphertext">As long as the text.</param>
/// <param name="Tag">16 bytes.</param>
/// <param name="Signature">Over <see cref="SignedMessage"/>.</param>
public sealed record GroupMessage(
    string Id,
    string Sender,
    string Uuid,
    ulong TimestampMs,
    uint KeyVersion,
    ReadOnlyMemory<byte> Nonce,
    ReadOnlyMemory<byte> Ciphertext,
    ReadOnlyMemory<byte> Tag,
    ReadOnlyMemory<byte> Signature)
{
    /// <summary>Bytes of a text.</summary>
    public const int TextBytesMax = 8192;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of a tag.</summary>
    public const int TagBytes = 16;

    /// <summary>Seals a text with AES-256-GCM, without further data, under a random nonce, and signs it.</summary>
    /// <param name="key">The group's key of this version: 32 bytes.</param>
    /// <param name="timestampMs">Later than that of every other message of this sender to this group.</param>
    /// <returns>Null when the text is empty or too long.</returns>
    public static GroupMessage? Seal(IUserKeys sender, string uuid, uint keyVersion, ReadOnlySpan<byte> key, string text, ulong timestampMs)
    {
        byte[] plaintext = Encoding.UTF8.GetBytes(text);
        if (plaintext.Length is 0 or > TextBytesMax) return null;
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes), ciphertext = new byte[plaintext.Length], tag = new byte[TagBytes], signature = new byte[sender.Suite.SignatureBytes];
        using (var aes = new AesGcm(key, TagBytes)) aes.Encrypt(nonce, plaintext, ciphertext, tag);
        string id = IdOf(sender.Fingerprint, uuid, timestampMs);
        sender.Sign(SignedMessage(id, timestampMs, ciphertext), signature);
        return new GroupMessage(id, sender.Fingerprint, uuid, timestampMs, keyVersion, nonce, ciphertext, tag, signature);
    }

    /// <summary>Opens a message and checks who sent it to which group.</summary>
    /// <param name="signingKey">The sender's.</param>
    /// <param name="key">The group's key of <see cref="KeyVersion"/>: 32 bytes.</param>
    /// <returns>Null when it is not the sender's, not what its id says, or was changed.</returns>
    public string? Open(SuiteSet suites, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> key)
    {
        // The signature covers the id, and with it the sender and the group.
        if (Id != IdOf(Sender, Uuid, TimestampMs) || !suites.Verify(signingKey, Sender, SignedMessage(Id, TimestampMs, Ciphertext.Span), Signature.Span)) return null;
        byte[] plaintext = new byte[Ciphertext.Length];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(Nonce.Span, Ciphertext.Span, Tag.Span, plaintext);
            return Encoding.UTF8.GetString(plaintext);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>What the signature covers: <c>message id | milliseconds, 8 bytes big-endian | ciphertext</c>.</summary>
    public static byte[] SignedMessage(string id, ulong timestampMs, ReadOnlySpan<byte> ciphertext) =>
        new ByteWriter(256 + ciphertext.Length).Text(id).UInt64(timestampMs).Bytes(ciphertext).ToArray();

    private static string IdOf(string sender, string uuid, ulong timestampMs) => string.Create(CultureInfo.InvariantCulture, $"{sender}_{uuid}_{timestampMs}");
}
