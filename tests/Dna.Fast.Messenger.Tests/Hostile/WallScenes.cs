using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

/// <summary>Alice's own wall, on which Mallory names whomever it wants as contributor.</summary>
internal sealed class WallScene : ChunkedScene
{
    protected override string Base => ChunkBases.WallPosts(Alice.Keys.Fingerprint, Alice.Keys.Fingerprint);

    public override async Task PrepareAsync()
    {
        foreach (Fakes.TestClient client in (Fakes.TestClient[])[Alice, Carol]) await client.Keyserver.PublishAsync(client.Keys, null, Deadline);
        // Carol posts on Carol's wall and on Bob's; neither is for Alice's.
        await Carol.Wall.PostAsync(Carol.Keys, Carol.Keys.Fingerprint, "on carol's wall", "", Deadline);
        await Carol.Wall.PostAsync(Carol.Keys, Bob.Keys.Fingerprint, "on bob's wall", "", Deadline);
        await Alice.Wall.PostAsync(Alice.Keys, Bob.Keys.Fingerprint, "on bob's wall", "", Deadline);
    }

    public override Task WriteAsync(int version) => Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, $"post {version}", "", Deadline);

    public override async Task<string> ReadAsync() =>
        (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 200, Deadline)).Value is { } page
            ? string.Join(", ", page.Posts.Select(post => $"{(post.Poster == Alice.Keys.Fingerprint ? "alice" : "somebody else")}: {post.Post.Text}"))
            : "";

    public override string Expected(int version) => version == 1 ? "alice: post 1" : "alice: post 2, alice: post 1";

    public override IEnumerable<byte[]> Forged()
    {
        WallPost genuine = WallPost.Sign(Alice.Keys, Alice.Keys.Fingerprint, "genuine", Later)!;
        yield return Record(Alice.Keys.Fingerprint, WallPost.Sign(Mallory.Keys, Alice.Keys.Fingerprint, "forged", Later)!);
        yield return Record(Alice.Keys.Fingerprint, genuine with { Text = "changed" });
        yield return Record(Alice.Keys.Fingerprint, genuine with { Timestamp = Later + 1 });
        yield return Record(Alice.Keys.Fingerprint, genuine with { ReplyTo = $"{Carol.Keys.Fingerprint}_5" });
    }

    /// <summary>Every record of posts that is anywhere in the network.</summary>
    public override IEnumerable<byte[]> Foreign()
    {
        foreach (string wall in (string[])[Bob.Keys.Fingerprint, Carol.Keys.Fingerprint])
        {
            foreach (string poster in (string[])[Alice.Keys.Fingerprint, Carol.Keys.Fingerprint])
            {
                if (RecordAt(ChunkBases.WallPosts(wall, poster)) is { } record) yield return record;
            }
        }
    }

    public override IEnumerable<byte[]> Oversized()
    {
        yield return WallCodec.Write(Alice.Keys.Fingerprint, Enumerable.Range(0, WallCodec.PostsMax + 1).Select(i => WallPost.Sign(Alice.Keys, Alice.Keys.Fingerprint, $"many {i}", Later + (ulong)i)!));
        yield return Record(Alice.Keys.Fingerprint, new WallPost(new string('x', WallPost.TextBytesMax + 1), Later, new byte[64]));
        yield return new byte[2_000_000];
    }

    /// <summary>At all places where a reader looks: Alice's chunks, Alice's single value, and the records of Carol, who is named a contributor.</summary>
    public override void Plant(byte[] data, byte[] owner, ulong id)
    {
        base.Plant(data, owner, id);
        PlantAt(DnaKeys.Wall(Alice.Keys.Fingerprint), data, owner, id);
        PlantRecord(ChunkBases.WallPosts(Alice.Keys.Fingerprint, Carol.Keys.Fingerprint), data, owner, id);
        PlantRecord(ChunkBases.WallContributors(Alice.Keys.Fingerprint), AliasCodec.Write(Carol.Keys.Fingerprint), owner, id);
    }

    private static byte[] Record(string poster, WallPost post) => WallCodec.Write(poster, [post]);

    private byte[]? RecordAt(string baseKey)
    {
        if (Network.At(DnaKeys.Chunk(baseKey, 0)) is not [var slot, ..] || ChunkCodec.Read(slot.Newest.Data, out Chunk? chunk) != RecordStatus.Ok) return null;
        return ChunkedRecord.Join([chunk!], 1_000_000, out byte[]? record) == RecordStatus.Ok ? record : null;
    }
}

/// <summary>Votes on one post: Alice's, and in the second version Carol's against it.</summary>
internal sealed class VoteScene : HostileScene
{
    private const string Post = "p_1";

    protected override InfoHash Key => DnaKeys.Votes(Post);

    public override async Task PrepareAsync()
    {
        foreach (Fakes.TestClient client in (Fakes.TestClient[])[Alice, Carol]) await client.Keyserver.PublishAsync(client.Keys, null, Deadline);
    }

    public override Task WriteAsync(int version) => version == 1
        ? Alice.Votes.VoteAsync(Alice.Keys, Post, isUp: true, Deadline)
        : Carol.Votes.VoteAsync(Carol.Keys, Post, isUp: false, Deadline);

    public override async Task<string> ReadAsync()
    {
        VoteCount count = (await Bob.Votes.CountAsync(Post, Deadline)).Value!;
        return count.Up + count.Down == 0 ? "" : $"{count.Up} up, {count.Down} down";
    }

    public override string Expected(int version) => version == 1 ? "1 up, 0 down" : "1 up, 1 down";

    public override IEnumerable<byte[]> Forged()
    {
        Vote own = Vote.Sign(Mallory.Keys, Post, isUp: false, 1);
        Vote genuine = Vote.Sign(Alice.Keys, Post, isUp: true, 1);
        yield return VoteCodec.Write(Post, [own with { Voter = Alice.Keys.Fingerprint }, own with { Voter = Carol.Keys.Fingerprint }]);
        yield return VoteCodec.Write(Post, [genuine with { IsUp = false }]);
    }

    public override IEnumerable<byte[]> Foreign()
    {
        Vote elsewhere = Vote.Sign(Carol.Keys, "p_2", isUp: false, 1);
        yield return VoteCodec.Write("p_2", [elsewhere]);
        yield return VoteCodec.Write(Post, [elsewhere, Vote.Sign(Alice.Keys, "p_2", isUp: false, 1)]);
    }

    public override IEnumerable<byte[]> Oversized()
    {
        Vote[] many = [.. Enumerable.Range(0, VoteCodec.VotesMax + 1).Select(i => new Vote($"{i:x128}", IsUp: false, 1, new byte[64]))];
        yield return VoteCodec.Write(Post, many);
        // As many as a record may have: they bury nobody's vote.
        yield return VoteCodec.Write(Post, many.AsSpan(0, VoteCodec.VotesMax).ToArray());
    }
}
