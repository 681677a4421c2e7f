using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>One user's vote on a post (DNA layer, section 14.3).</summary>
/// <param name="Voter">Fingerprint.</param>
/// <param name="IsUp">True for +1, false for −1.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Signature">Over <see cref="SignedMessage"/>.</param>
public sealed record Vote(string Voter, bool IsUp, ulong Timestamp, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Signs a vote.</summary>
    public static Vote Sign(IUserKeys keys, string postId, bool isUp, ulong timestamp)
    {
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(SignedMessage(postId, isUp, timestamp), signature);
        return new Vote(keys.Fingerprint, isUp, timestamp, signature);
    }

    /// <summary>True when this key is the voter's and signed the vote.</summary>
    public bool IsRight(SuiteSet suites, ReadOnlySpan<byte> signingKey, string postId) =>
        suites.Verify(signingKey, Voter, SignedMessage(postId, IsUp, Timestamp), Signature.Span);

    /// <summary>What the signature covers: <c>post id | vote, a signed byte | timestamp 8, big-endian</c>.</summary>
    public static byte[] SignedMessage(string postId, bool isUp, ulong timestamp) =>
        new ByteWriter(256).Text(postId).Byte(isUp ? (byte)1 : unchecked((byte)-1)).UInt64(timestamp).ToArray();
}

/// <summary>Votes as text and back (DNA layer, section 14.3). Any thread.</summary>
/// <remarks>Plain JSON: <c>post_id, upvote_count, downvote_count, votes[{voter, vote, timestamp, signature (base64)}]</c>. The counts are for people; a reader counts votes that it verified.</remarks>
public static class VoteCodec
{
    /// <summary>Votes one record may have.</summary>
    public const int VotesMax = 1000;

    /// <summary>Reads the votes on a post, the first of each voter; says nothing about signatures.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, string postId, out List<Vote> votes)
    {
        votes = [];
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Text("post_id") != postId) return RecordStatus.Incomplete;
        if (json.Objects("votes", VotesMax) is not { } entries) return RecordStatus.TooLarge;
        foreach (JsonRecord entry in entries)
        {
            if (UserFingerprint.Normalise(entry.Text("voter")) is { } voter && entry.Int64("vote") is { } vote and (1 or -1)
                && entry.UInt64("timestamp") is { } timestamp && entry.Base64("signature") is { } signature)
                votes.Add(new Vote(voter, vote == 1, timestamp, signature));
        }

        votes = [.. votes.DistinctBy(vote => vote.Voter)];
        return RecordStatus.Ok;
    }

    /// <summary>The votes as later clients print them.</summary>
    public static byte[] Write(string postId, IReadOnlyCollection<Vote> votes)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain, sizeHint: 8 * 1024).BeginObject().Field("post_id", postId)
            .Field("upvote_count", (ulong)votes.Count(vote => vote.IsUp)).Field("downvote_count", (ulong)votes.Count(vote => !vote.IsUp)).Name("votes").BeginArray();
        foreach (Vote vote in votes)
        {
            json.BeginObject().Field("voter", vote.Voter).Name("vote").Value(vote.IsUp ? 1L : -1L).Field("timestamp", vote.Timestamp)
                .Field("signature", Convert.ToBase64String(vote.Signature.Span)).EndObject();
        }

        return json.EndArray().EndObject().ToArray();
    }
}
