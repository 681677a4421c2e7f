using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Walls as text and back (DNA layer, section 14.1). Any thread.</summary>
/// <remarks>Plain JSON: <c>version 1, fingerprint, messages[{text, timestamp, signature (base64), [reply_to]}]</c>, newest first. <c>reply_to</c> stands in chunked walls only.</remarks>
public static class WallCodec
{
    /// <summary>Posts of a wall.</summary>
    public const int PostsMax = 100;

    private const byte Version = 1;

    /// <summary>Reads the posts of one poster; those without text, time or signature are left out. Says nothing about signatures.</summary>
    /// <param name="fingerprint">Whose posts they are said to be: a fingerprint.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out string fingerprint, out List<WallPost> posts)
    {
        fingerprint = "";
        posts = [];
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.UInt64("version") is not { } version || UserFingerprint.Normalise(json.Text("fingerprint")) is not { } owner) return RecordStatus.Incomplete;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (json.Objects("messages", PostsMax) is not { } messages) return RecordStatus.TooLarge;
        foreach (JsonRecord message in messages)
        {
            string replyTo = message.Text("reply_to") ?? "";
            if (message.Text("text") is { } text && WallPost.IsText(text) && message.UInt64("timestamp") is { } timestamp
                && message.Base64("signature") is { } signature && replyTo.Length <= WallPost.IdBytesMax)
                posts.Add(new WallPost(text, timestamp, signature, replyTo));
        }

        fingerprint = owner;
        return RecordStatus.Ok;
    }

    /// <summary>The posts as the original client prints them.</summary>
    public static byte[] Write(string fingerprint, IEnumerable<WallPost> posts)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain, sizeHint: 16 * 1024).BeginObject()
            .Field("version", Version).Field("fingerprint", fingerprint).Name("messages").BeginArray();
        foreach (WallPost post in posts)
        {
            json.BeginObject().Field("text", post.Text).Field("timestamp", post.Timestamp).Field("signature", Convert.ToBase64String(post.Signature.Span))
                .OptionalField("reply_to", post.ReplyTo).EndObject();
        }

        return json.EndArray().EndObject().ToArray();
    }
}
