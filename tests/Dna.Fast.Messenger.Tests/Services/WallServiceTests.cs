using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class WallServiceTests : ServiceTests
{
    [Fact]
    public async Task Pain_39_a_hundred_posts_really_fit_and_the_newest_are_where_the_original_looks()
    {
        var alice = new TestClient(Network, Users.Alice, owner: 9, Time);
        await alice.Keyserver.PublishAsync(alice.Keys, null, Deadline);
        WallPost[] before = [.. Enumerable.Range(1, 99).Select(i => WallPost.Sign(alice.Keys, Users.AliceFingerprint, $"post {100 - i}", (ulong)(1000 - i))!)];
        await alice.Chunks.WriteAsync(ChunkBases.WallPosts(Users.AliceFingerprint, Users.AliceFingerprint), 0x1002, WallCodec.Write(Users.AliceFingerprint, before), Deadline);
        Assert.True((await alice.Wall.PostAsync(alice.Keys, Users.AliceFingerprint, "post 100", "", Deadline)).IsSuccess);
        WallPage page = (await Bob.Wall.LoadAsync(Users.AliceFingerprint, 95, 10, Deadline)).Value!;
        Assert.Equal(100, page.Total);
        Assert.Equal(["post 5", "post 4", "post 3", "post 2", "post 1"], page.Posts.Select(post => post.Post.Text));
        byte[] single = Network.At(DnaKeys.Wall(Users.AliceFingerprint)).Single().Newest.Data;
        Assert.True(single.Length <= RecordLimits.ValueDataBytesMax);
        Assert.Equal(RecordStatus.Ok, WallCodec.Read(single, out _, out List<WallPost> newest));
        Assert.Equal("post 100", newest[0].Text);
        Assert.InRange(newest.Count, 8, 10);
    }

    [Fact]
    public async Task The_101st_post_pushes_out_the_oldest()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        for (int i = 1; i <= 101; i++) Assert.True((await Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, $"post {i}", "", Deadline)).IsSuccess);
        WallPage page = (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 200, Deadline)).Value!;
        Assert.Equal(Enumerable.Range(2, 100).Reverse().Select(i => $"post {i}"), page.Posts.Select(post => post.Post.Text));
    }

    [Fact]
    public async Task Posts_that_the_owner_did_not_sign_are_not_shown()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        WallPost genuine = WallPost.Sign(Alice.Keys, Alice.Keys.Fingerprint, "genuine", 5)!;
        WallPost[] posts = [WallPost.Sign(Bob.Keys, Alice.Keys.Fingerprint, "forged", 9)!, genuine with { Text = "changed" }, genuine with { Timestamp = 99 }, genuine, genuine];
        Network.PutUnsigned(DnaKeys.Wall(Alice.Keys.Fingerprint), WallCodec.Write(Alice.Keys.Fingerprint, posts));
        Network.PutUnsigned(DnaKeys.Wall(Alice.Keys.Fingerprint), WallCodec.Write(Bob.Keys.Fingerprint, [WallPost.Sign(Bob.Keys, Alice.Keys.Fingerprint, "on the wrong wall", 9)!]));
        Assert.Equal(["genuine"], (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Value!.Posts.Select(post => post.Post.Text));
    }

    [Fact]
    public async Task Others_post_and_answer_under_their_own_names()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        await Bob.Keyserver.PublishAsync(Bob.Keys, null, Deadline);
        PostReport asked = await Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, "question", "", Deadline);
        VerifiedPost question = (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Value!.Posts.Single();
        Assert.Equal(question.Id, asked.Id);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await Bob.Wall.PostAsync(Bob.Keys, Alice.Keys.Fingerprint, "answer", question.Id, Deadline)).IsSuccess);
        WallPage page = (await Carol.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Value!;
        Assert.Equal([(Bob.Keys.Fingerprint, "answer", question.Id), (Alice.Keys.Fingerprint, "question", "")], page.Posts.Select(post => (post.Poster, post.Post.Text, post.Post.ReplyTo)));
        // A poster whose key cannot be read is named, and its posts are not shown.
        Network.UnreachableKeys.Add(DnaKeys.PublicKeys(Bob.Keys.Fingerprint));
        page = (await Carol.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Value!;
        Assert.Equal([Bob.Keys.Fingerprint], page.Unknown);
        Assert.Equal(["question"], page.Posts.Select(post => post.Post.Text));
    }

    [Fact]
    public async Task A_wall_that_cannot_be_read_is_not_written_over_and_no_wall_is_an_answer()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        Assert.Equal(ResultCode.NotFound, (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Code);
        await Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, "one", "", Deadline);
        int puts = Network.Puts;
        Network.UnreachableKeys.Add(DnaKeys.Wall(Alice.Keys.Fingerprint));
        Assert.Equal(ResultCode.NetworkError, (await Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, "two", "", Deadline)).Code);
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Alice.Wall.PostAsync(Alice.Keys, Alice.Keys.Fingerprint, "two", "", Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await Bob.Wall.LoadAsync(Alice.Keys.Fingerprint, 0, 10, Deadline)).Code);
        Assert.Equal(puts, Network.Puts);
        Assert.Equal(ResultCode.InvalidParameter, (await Bob.Wall.LoadAsync("nobody", 0, 10, Deadline)).Code);
    }

    [Fact]
    public async Task A_post_that_was_interrupted_half_way_costs_no_earlier_one()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        string wall = Alice.Keys.Fingerprint;
        // Random text does not compress: the record has two chunks.
        string Noise() => Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(500));
        for (int i = 0; i < 90; i++) Assert.True((await Alice.Wall.PostAsync(Alice.Keys, wall, Noise(), "", Deadline)).IsSuccess);
        Assert.NotEmpty(Network.At(DnaKeys.Chunk(ChunkBases.WallPosts(wall, wall), 1)));
        var head = DnaKeys.Chunk(ChunkBases.WallPosts(wall, wall), 0);
        Network.UnreachablePuts.Add(head);
        Assert.Equal(ResultCode.NetworkError, (await Alice.Wall.PostAsync(Alice.Keys, wall, "interrupted", "", Deadline)).Code);
        Network.UnreachablePuts.Clear();
        Task<PostReport> mending = Alice.Wall.PostAsync(Alice.Keys, wall, "mended", "", TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(mending, Time);
        Assert.True((await mending).IsSuccess);
        WallPage page = (await Bob.Wall.LoadAsync(wall, 0, 1, Deadline)).Value!;
        Assert.Equal(91, page.Total);
        Assert.Equal("mended", page.Posts.Single().Post.Text);
    }

    [Fact]
    public async Task A_stranger_who_breaks_a_record_under_our_key_does_not_keep_us_from_posting()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        string wall = Alice.Keys.Fingerprint;
        byte[] broken = ChunkCodec.Write(ChunkedRecord.Split("x"u8)[0] with { Total = 3 });
        await Carol.Network.PutSharedAsync(DnaKeys.Chunk(ChunkBases.WallPosts(wall, wall), 0), 0x1002, broken, Carol.Network.Within(Deadline), default);
        Task<PostReport> posting = Alice.Wall.PostAsync(Alice.Keys, wall, "mine", "", TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(posting, Time);
        Assert.True((await posting).IsSuccess);
        Assert.Equal("mine", (await Bob.Wall.LoadAsync(wall, 0, 9, Deadline)).Value!.Posts.Single().Post.Text);
    }

    [Fact]
    public async Task A_strangers_broken_chunks_count_as_nothing_and_hide_no_posts()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        string wall = Alice.Keys.Fingerprint;
        byte[] junk = ChunkCodec.Write(new Chunk(2, 0, 100, new byte[32], new byte[10]));
        await Carol.Network.PutSharedAsync(DnaKeys.Chunk(ChunkBases.WallPosts(wall, wall), 0), 0x1002, junk, Carol.Network.Within(Deadline), default);
        Assert.Equal(ResultCode.NotFound, (await LoadAsync(wall)).Code);
        // As a client of the first generation posts: where the original looks, and nowhere else.
        Network.PutUnsigned(DnaKeys.Wall(wall), WallCodec.Write(wall, [WallPost.Sign(Alice.Keys, wall, "old client's", 5)!]));
        WallPage page = (await LoadAsync(wall)).Value!;
        Assert.Equal("old client's", Assert.Single(page.Posts).Post.Text);
        Assert.Empty(page.Unknown);
    }

    [Fact]
    public async Task Our_own_wall_that_cannot_be_reached_is_not_written_over_though_a_strangers_record_can()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        string wall = Alice.Keys.Fingerprint, posts = ChunkBases.WallPosts(wall, wall);
        // Random text does not compress: the record has two chunks.
        for (int i = 0; i < 90; i++) Assert.True((await Alice.Wall.PostAsync(Alice.Keys, wall, Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(500)), "", Deadline)).IsSuccess);
        Assert.True((await Carol.Chunks.WriteAsync(posts, 0x1002, WallCodec.Write(wall, []), Deadline)).IsSuccess);
        int puts = Network.Puts;
        Network.UnreachableKeys.Add(DnaKeys.Chunk(posts, 1));
        PostReport refused = await Again(Alice, owner: 1).Wall.PostAsync(Alice.Keys, wall, "refused", "", Deadline);
        Assert.Equal((ResultCode.NetworkError, puts), (refused.Code, Network.Puts));
        Assert.Equal([wall], (await Bob.Wall.LoadAsync(wall, 0, 1, Deadline)).Value!.Unknown);
        Network.UnreachableKeys.Clear();
        Assert.True((await Again(Alice, owner: 1).Wall.PostAsync(Alice.Keys, wall, "taken", "", Deadline)).IsSuccess);
        WallPage page = (await Bob.Wall.LoadAsync(wall, 0, 1, Deadline)).Value!;
        Assert.Equal((91, 0), (page.Total, page.Unknown.Count));
    }

    [Fact]
    public async Task More_strangers_records_than_anybody_looks_at_make_a_wall_unknown_and_keep_nobody_from_posting()
    {
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        string wall = Alice.Keys.Fingerprint;
        byte[] record = ChunkCodec.Write(ChunkedRecord.Split("x"u8)[0]);
        for (int i = 0; i <= ChunkStore.WritersMax; i++)
            Network.Put(DnaKeys.Chunk(ChunkBases.WallPosts(wall, wall), 0), [9, (byte)i, 9], new NewSecureValue { Id = 100 + (ulong)i, Type = 0x1002, Data = record });
        Assert.True((await Alice.Wall.PostAsync(Alice.Keys, wall, "mine", "", Deadline)).IsSuccess);
        WallPage page = (await Bob.Wall.LoadAsync(wall, 0, 9, Deadline)).Value!;
        Assert.Equal("mine", Assert.Single(page.Posts).Post.Text);
        Assert.Equal([wall], page.Unknown);
    }

    [Fact]
    public async Task Everybody_votes_once_and_only_verified_votes_count()
    {
        foreach (TestClient client in (TestClient[])[Alice, Bob]) await client.Keyserver.PublishAsync(client.Keys, null, Deadline);
        Assert.True((await Alice.Votes.VoteAsync(Alice.Keys, "p_1", isUp: true, Deadline)).IsSuccess);
        Assert.True((await Bob.Votes.VoteAsync(Bob.Keys, "p_1", isUp: false, Deadline)).IsSuccess);
        Assert.True((await Carol.Votes.VoteAsync(Carol.Keys, "p_1", isUp: true, Deadline)).IsSuccess);
        Assert.Equal(ResultCode.AlreadyExists, (await Alice.Votes.VoteAsync(Alice.Keys, "p_1", isUp: false, Deadline)).Code);
        Vote forged = Vote.Sign(Carol.Keys, "p_1", isUp: false, 0) with { Voter = Alice.Keys.Fingerprint };
        Network.PutUnsigned(DnaKeys.Votes("p_1"), VoteCodec.Write("p_1", [forged]));
        // Carol never published a key.
        Assert.Equal(new VoteCount(1, 1, 1), (await Bob.Votes.CountAsync("p_1", Deadline)).Value);
        Assert.Equal(new VoteCount(0, 0, 0), (await Bob.Votes.CountAsync("p_2", Deadline)).Value);
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Bob.Votes.CountAsync("p_1", Deadline)).Code);
        Assert.Equal(ResultCode.NetworkError, (await Bob.Votes.VoteAsync(Bob.Keys, "p_2", isUp: true, Deadline)).Code);
    }

    private async Task<Answer<WallPage>> LoadAsync(string wall)
    {
        Task<Answer<WallPage>> loading = Bob.Wall.LoadAsync(wall, 0, 9, TestClient.NoDeadline);
        await TestClient.PassTimeUntilAsync(loading, Time);
        return await loading;
    }
}
