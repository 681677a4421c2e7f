using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>A post on a message wall (DNA layer, section 14.1), signed by its poster.</summary>
/// <param name="Text">1 to 1,023 bytes of UTF-8.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Signature">Over <see cref="SignedMessage"/>.</param>
/// <param name="ReplyTo">Id of the post it answers; empty when it answers none. Then the signature covers it too, and first clients do not see the post.</param>
public sealed record WallPost(string Text, ulong Timestamp, ReadOnlyMemory<byte> Signature, string ReplyTo = "")
{
    /// <summary>Bytes a text may have.</summary>
    public const int TextBytesMax = 1023;

    /// <summary>Bytes of the id of a post: a fingerprint, an underscore and a time.</summary>
    public const int IdBytesMax = UserFingerprint.Length + 1 + 20;

    private static ReadOnlySpan<byte> ReplyLabel => "dna-wall-reply-v1"u8;

    private static ReadOnlySpan<byte> GuestLabel => "dna-wall-guest-v1"u8;

    /// <summary>Signs a post.</summary>
    /// <param name="wall">Whose wall: a fingerprint.</param>
    /// <returns>Null when the text is empty or too long, has a zero in it, or <paramref name="replyTo"/> is too long.</returns>
    public static WallPost? Sign(IUserKeys keys, string wall, string text, ulong timestamp, string replyTo = "")
    {
        if (!IsText(text) || replyTo.Length > IdBytesMax) return null;
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(SignedMessage(wall, keys.Fingerprint, text, timestamp, replyTo), signature);
        return new WallPost(text, timestamp, signature, replyTo);
    }

    /// <summary>The post's id (section 14.3): <c>fingerprint_timestamp</c>.</summary>
    public string IdOf(string poster) => $"{poster}_{Timestamp}";

    /// <summary>True when the poster signed the post for this wall.</summary>
    /// <param name="wall">Whose wall: a fingerprint.</param>
    /// <param name="signingKey">The poster's.</param>
    public bool IsBy(ISuite suite, ReadOnlySpan<byte> signingKey, string wall) =>
        suite.Verify(signingKey, SignedMessage(wall, UserFingerprint.Of(signingKey), Text, Timestamp, ReplyTo), Signature.Span);

    /// <summary>
    /// What the signature covers. On the poster's own wall <c>text | timestamp 8, big-endian</c>, and of an answer <c>"dna-wall-reply-v1" | length 2 | id of the answered post | text |
    /// timestamp 8</c>. On another's wall <c>"dna-wall-guest-v1" | fingerprint of the wall's owner</c> comes first, so that nobody can carry a post from wall to wall.
    /// </summary>
    public static byte[] SignedMessage(string wall, string poster, string text, ulong timestamp, string replyTo)
    {
        var message = new ByteWriter(2 * 1024);
        if (wall != poster) message.Bytes(GuestLabel).Text(wall);
        if (replyTo.Length > 0) message.Bytes(ReplyLabel).UInt16((ushort)Encoding.UTF8.GetByteCount(replyTo)).Text(replyTo);
        return message.Text(text).UInt64(timestamp).ToArray();
    }

    internal static bool IsText(string text) => text.Length > 0 && ProfileText.Fits(text, TextBytesMax + 1);
}
