using System.Collections.Concurrent;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>A post as a reader gets it: its signature was checked.</summary>
/// <param name="Poster">Fingerprint.</param>
public sealed record VerifiedPost(string Poster, WallPost Post)
{
    /// <summary>The post's id, for answers and votes.</summary>
    public string Id => Post.IdOf(Poster);
}

/// <summary>A part of a wall.</summary>
/// <param name="Posts">Newest first.</param>
/// <param name="Total">Posts of the whole wall, as far as it could be read.</param>
/// <param name="Unknown">Posters whose posts or keys could not be read: there may be more.</param>
public sealed record WallPage(IReadOnlyList<VerifiedPost> Posts, int Total, IReadOnlyList<string> Unknown);

/// <summary>Message walls (DNA layer, section 14): a user's own posts and what others post there.</summary>
/// <remarks>
/// Any thread; posts of one user follow one another. A poster's newest 100 posts are a chunked record (<see cref="ChunkBases.WallPosts"/>), so that they really fit; of the owner's own posts
/// the newest that fit into one value are also written where the original looks. Every post is verified on load. A wall that cannot be read is not written over. A deadline covers a whole call.
/// </remarks>
public sealed class WallService(RecordNetwork network, ChunkStore chunks, KeyserverService keyserver) : IDisposable
{
    /// <summary>Others whose posts on one wall are read: anybody can name itself a contributor.</summary>
    public const int ContributorsMax = 32;

    // 100 posts of 1 KB with signatures of 6 KB in base64 and their escapes.
    private const int WallBytesMax = 1024 * 1024;

    private const int ContributorBytesMax = UserFingerprint.Length;

    private readonly KeyLocks _locks = new();

    // What we wrote or read for writing: a write that is interrupted half-way breaks what lies in the network, and the next one mends it from here.
    private readonly ConcurrentDictionary<(string Wall, string Poster), IReadOnlyList<WallPost>> _known = new();

    /// <summary>Posts on a wall.</summary>
    /// <param name="owner">Whose wall: a fingerprint, our own or another's.</param>
    /// <param name="text">1 to 1,023 bytes.</param>
    /// <param name="replyTo">Id of a post that is answered; empty for none. Clients of the first generation do not see answers.</param>
    /// <returns>InvalidParameter; NetworkError and Timeout: nothing was written, or the posts before could not be read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PostReport> PostAsync(
        IUserKeys keys, string owner, string text, string replyTo, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(owner) is not { } wall) return PostReport.No(ResultCode.InvalidParameter);
        Deadline within = network.Within(deadline);
        using IDisposable? turn = await _locks.EnterAsync(wall, within, cancellation).ConfigureAwait(false);
        if (turn is null) return PostReport.No(ResultCode.Timeout);
        (ResultCode code, List<WallPost> posts) = await PostsOfAsync(wall, keys.Fingerprint, keys.SigningKey, isForWriting: true, within, cancellation).ConfigureAwait(false);
        // A record that was interrupted while it was written, or that a stranger broke, is written anew; one that cannot be reached, or not wholly, is not.
        if (code is ResultCode.NetworkError or ResultCode.Timeout or ResultCode.CryptographyFailed) return PostReport.No(code);
        posts = [.. posts.Concat(_known.GetValueOrDefault((wall, keys.Fingerprint), [])).OrderByDescending(post => post.Timestamp).DistinctBy(post => (post.Timestamp, post.Text, post.ReplyTo))];
        // A post's id is its poster and its second: two of one second would be one.
        ulong now = Math.Max(network.Now, posts.Select(post => post.Timestamp + 1).DefaultIfEmpty().Max());
        if (WallPost.Sign(keys, wall, text, now, replyTo) is not { } signed) return PostReport.No(ResultCode.InvalidParameter);
        List<WallPost> all = [.. posts.Prepend(signed).Take(WallCodec.PostsMax)];
        _known[(wall, keys.Fingerprint)] = [.. posts];
        PutReport written = wall == keys.Fingerprint
            ? await WriteOwnAsync(wall, all, within, cancellation).ConfigureAwait(false)
            : await WriteForeignAsync(wall, keys.Fingerprint, all, within, cancellation).ConfigureAwait(false);
        return new PostReport(written.Code, written.Acknowledged, signed.IdOf(keys.Fingerprint));
    }

    /// <summary>Reads a part of a wall.</summary>
    /// <param name="owner">Whose wall: a fingerprint.</param>
    /// <param name="first">Posts to skip.</param>
    /// <param name="count">Posts to give, at most.</param>
    /// <returns>Success, also with no posts when posters are unknown; NotFound when there is no wall; NetworkError and Timeout when that is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<WallPage>> LoadAsync(string owner, int first, int count, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(owner) is not { } wall || first < 0 || count < 0) return Answer<WallPage>.No(ResultCode.InvalidParameter);
        Deadline within = network.Within(deadline);
        string[] posters = [wall, .. await ContributorsAsync(wall, within, cancellation).ConfigureAwait(false)];
        (ResultCode Code, List<WallPost> Posts)[] read = await Task.WhenAll(posters.Select(poster => VerifiedAsync(wall, poster, within, cancellation))).ConfigureAwait(false);
        VerifiedPost[] all =
        [
            .. posters.Zip(read).SelectMany(entry => entry.Second.Posts.Select(post => new VerifiedPost(entry.First, post)))
                .OrderByDescending(post => post.Post.Timestamp).ThenBy(post => post.Poster, StringComparer.Ordinal),
        ];
        string[] unknown = [.. posters.Zip(read).Where(entry => entry.Second.Code is not (ResultCode.Success or ResultCode.NotFound)).Select(entry => entry.First)];
        if (all.Length == 0 && read[0].Code != ResultCode.Success) return Answer<WallPage>.No(read[0].Code);
        return Answer<WallPage>.Of(new WallPage([.. all.Skip(first).Take(count)], all.Length, unknown));
    }

    public void Dispose() => _locks.Dispose();

    private async Task<(ResultCode Code, List<WallPost> Posts)> VerifiedAsync(string wall, string poster, Deadline deadline, CancellationToken cancellation)
    {
        Answer<PublicKeyEntry> key = await keyserver.EntryAsync(poster, Freshness.Cached, deadline, cancellation).ConfigureAwait(false);
        // Without the key no post can be checked, so none is shown.
        return key.Value is { } entry ? await PostsOfAsync(wall, poster, entry.SigningKey, isForWriting: false, deadline, cancellation).ConfigureAwait(false) : (key.Code, []);
    }

    /// <summary>One poster's genuine posts on a wall out of both forms, newest first, each once.</summary>
    /// <param name="isForWriting">True: of chunks only our own need to be known, for only they are written over.</param>
    /// <returns>Success; NotFound, also when there is only what cannot be read, which anybody can put there; NetworkError and Timeout: there may be more than these.</returns>
    private async Task<(ResultCode Code, List<WallPost> Posts)> PostsOfAsync(
        string wall, string poster, ReadOnlyMemory<byte> signingKey, bool isForWriting, Deadline deadline, CancellationToken cancellation)
    {
        if (network.Suites.OfSigningKey(signingKey.Length) is not { } suite) return (ResultCode.CryptographyFailed, []);
        (ResultCode code, List<ReadOnlyMemory<byte>> walls) = await ChunkedAsync(ChunkBases.WallPosts(wall, poster), isForWriting, deadline, cancellation).ConfigureAwait(false);
        if (wall == poster)
        {
            RecordsFound single = await network.GetAllAsync(DnaKeys.Wall(wall), deadline, cancellation).ConfigureAwait(false);
            walls.AddRange(single.Values.Select(value => value.Data));
            bool isKnown = single.IsComplete || (isForWriting && single.Values.Any(value => value.IsSigned && value.OwnerId == network.Dht.OwnerId));
            if (!isKnown || single.Code is not (ResultCode.Success or ResultCode.NotFound)) code = single.Missing;
            else if (code == ResultCode.NotFound) code = single.Code;
        }

        var posts = new List<WallPost>();
        foreach (ReadOnlyMemory<byte> data in walls)
        {
            if (WallCodec.Read(data.Span, out string fingerprint, out List<WallPost> read) == RecordStatus.Ok && fingerprint == poster) posts.AddRange(read);
        }

        WallPost[] candidates = [.. posts.OrderByDescending(post => post.Timestamp).DistinctBy(post => (post.Timestamp, post.Text, post.ReplyTo, Convert.ToHexString(post.Signature.Span)))];
        return (code, [.. candidates.Where(post => post.IsBy(suite, signingKey.Span, wall)).DistinctBy(post => (post.Timestamp, post.Text, post.ReplyTo)).Take(WallCodec.PostsMax)]);
    }

    private async Task<(ResultCode Code, List<ReadOnlyMemory<byte>> Walls)> ChunkedAsync(string baseKey, bool isForWriting, Deadline deadline, CancellationToken cancellation)
    {
        ChunksFound found = await chunks.ReadAsync(baseKey, WallBytesMax, owner: null, deadline, cancellation).ConfigureAwait(false);
        List<ReadOnlyMemory<byte>> walls = [.. found.Values.Select(value => value.Data)];
        if (!found.IsComplete && isForWriting)
        {
            // Strangers can put more records there than anybody looks at: they must not keep us from posting.
            found = await chunks.ReadAsync(baseKey, WallBytesMax, network.Dht.OwnerId, deadline, cancellation).ConfigureAwait(false);
            walls.AddRange(found.Values.Select(value => value.Data));
        }

        if (found.Code is ResultCode.SerializationFailed && found.IsComplete) return (ResultCode.NotFound, walls);
        bool isUnnamed = !found.IsComplete && found.Code is ResultCode.Success or ResultCode.NotFound or ResultCode.SerializationFailed;
        ResultCode unreached = deadline.Left == TimeSpan.Zero ? ResultCode.Timeout : ResultCode.NetworkError;
        return (isUnnamed ? unreached : found.Code, walls);
    }

    private async Task<PutReport> WriteOwnAsync(string wall, List<WallPost> posts, Deadline deadline, CancellationToken cancellation)
    {
        WallPost[] plain = [.. posts.Where(post => post.ReplyTo.Length == 0)];
        int fitting = plain.Length;
        byte[] data = WallCodec.Write(wall, plain);
        while (data.Length > RecordLimits.ValueDataBytesMax)
        {
            // Posts differ little in size: few rounds.
            fitting = Math.Min(fitting - 1, (int)((long)fitting * RecordLimits.ValueDataBytesMax / data.Length));
            data = WallCodec.Write(wall, plain.Take(fitting));
        }

        PutReport full = await chunks.WriteAsync(ChunkBases.WallPosts(wall, wall), TypeRegistry.Year, WallCodec.Write(wall, posts), deadline, cancellation).ConfigureAwait(false);
        if (!full.IsSuccess) return full;
        RecordPut newest = await network.PutOwnAsync(DnaKeys.Wall(wall), TypeRegistry.Year, data, deadline, cancellation).ConfigureAwait(false);
        return PutReport.Worst([full, newest.Report]);
    }

    private async Task<PutReport> WriteForeignAsync(string wall, string poster, List<WallPost> posts, Deadline deadline, CancellationToken cancellation)
    {
        PutReport written = await chunks.WriteAsync(ChunkBases.WallPosts(wall, poster), TypeRegistry.Year, WallCodec.Write(poster, posts), deadline, cancellation).ConfigureAwait(false);
        if (!written.IsSuccess) return written;
        PutReport named = await chunks.WriteAsync(ChunkBases.WallContributors(wall), TypeRegistry.Year, AliasCodec.Write(poster), deadline, cancellation).ConfigureAwait(false);
        return PutReport.Worst([written, named]);
    }

    private async Task<string[]> ContributorsAsync(string wall, Deadline deadline, CancellationToken cancellation)
    {
        ChunksFound found =
            await chunks.ReadAsync(ChunkBases.WallContributors(wall), ContributorBytesMax, owner: null, deadline, cancellation).ConfigureAwait(false);
        return [.. found.Values.Select(Read).OfType<string>().Where(poster => poster != wall).Distinct().Take(ContributorsMax)];

        static string? Read(ChunkedValue value) => AliasCodec.Read(value.Data.Span, out string? fingerprint) == RecordStatus.Ok ? fingerprint : null;
    }
}
