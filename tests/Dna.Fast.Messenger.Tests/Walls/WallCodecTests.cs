using System.Text;

namespace Dna.Fast.Messenger.Tests.Walls;

public sealed class WallCodecTests
{
    [Fact]
    public void A_wall_is_printed_as_the_original_prints_it_and_read_again()
    {
        WallPost post = WallPost.Sign(Users.Alice, Users.AliceFingerprint, "a/b \"c\"", 1000)!;
        byte[] data = WallCodec.Write(Users.AliceFingerprint, [post]);
        string base64 = Convert.ToBase64String(post.Signature.Span);
        Assert.Equal(6_172, base64.Length);
        string expected = $$"""{"version":1,"fingerprint":"{{Users.AliceFingerprint}}","messages":[{"text":"a\/b \"c\"","timestamp":1000,"signature":"{{base64.Replace("/", "\\/", StringComparison.Ordinal)}}"}]}""";
        Assert.Equal(expected, Encoding.UTF8.GetString(data));
        Assert.Equal(RecordStatus.Ok, WallCodec.Read(data, out string fingerprint, out List<WallPost> posts));
        Assert.Equal(Users.AliceFingerprint, fingerprint);
        Assert.True(posts.Single().IsBy(Users.Suites.Messenger, Users.Alice.SigningKey.Span, Users.AliceFingerprint));
        Assert.False(posts.Single().IsBy(Users.Suites.Messenger, Users.Bob.SigningKey.Span, Users.BobFingerprint));
        Assert.False((posts.Single() with { Text = "x" }).IsBy(Users.Suites.Messenger, Users.Alice.SigningKey.Span, Users.AliceFingerprint));
    }

    [Fact]
    public void The_signature_of_a_post_covers_text_and_time_as_the_originals_does() =>
        Assert.Equal([(byte)'h', (byte)'i', 0, 0, 0, 0, 0, 0, 1, 0], WallPost.SignedMessage("p", "p", "hi", 256, ""));

    [Fact]
    public void An_answer_cannot_be_moved_to_another_post()
    {
        var keys = Users.Fast(1);
        WallPost answer = WallPost.Sign(keys, keys.Fingerprint, "yes", 5, "a_1")!;
        Assert.True(answer.IsBy(keys.Suite, keys.SigningKey.Span, keys.Fingerprint));
        Assert.False((answer with { ReplyTo = "a_2" }).IsBy(keys.Suite, keys.SigningKey.Span, keys.Fingerprint));
        Assert.False((answer with { ReplyTo = "" }).IsBy(keys.Suite, keys.SigningKey.Span, keys.Fingerprint));
    }

    [Fact]
    public void A_post_cannot_be_carried_to_another_wall()
    {
        var keys = Users.Fast(1);
        WallPost own = WallPost.Sign(keys, keys.Fingerprint, "yes", 5)!, guest = WallPost.Sign(keys, Users.BobFingerprint, "yes", 5)!;
        Assert.True(guest.IsBy(keys.Suite, keys.SigningKey.Span, Users.BobFingerprint));
        Assert.False(guest.IsBy(keys.Suite, keys.SigningKey.Span, Users.AliceFingerprint));
        Assert.False(guest.IsBy(keys.Suite, keys.SigningKey.Span, keys.Fingerprint));
        Assert.False(own.IsBy(keys.Suite, keys.SigningKey.Span, Users.BobFingerprint));
    }

    [Fact]
    public void Texts_have_1_to_1023_bytes()
    {
        Assert.Null(WallPost.Sign(Users.Fast(1), Users.Fast(1).Fingerprint, "", 1));
        Assert.Null(WallPost.Sign(Users.Fast(1), Users.Fast(1).Fingerprint, new string('ä', 512), 1));
        Assert.NotNull(WallPost.Sign(Users.Fast(1), Users.Fast(1).Fingerprint, new string('a', 1023), 1));
    }

    [Fact]
    public void Posts_without_their_fields_are_left_out_and_too_many_refuse_the_wall()
    {
        string good = """{"text":"t","timestamp":1,"signature":"AAAA"}""";
        string Wall(IEnumerable<string> posts) => $$"""{"version":1,"fingerprint":"{{Users.AliceFingerprint}}","messages":[{{string.Join(',', posts)}}]}""";
        Assert.Equal(RecordStatus.Ok, WallCodec.Read(Encoding.UTF8.GetBytes(Wall([good, "{}", "7", """{"text":"","timestamp":1,"signature":"AAAA"}""", """{"text":"t","timestamp":1,"signature":"!"}"""])), out _, out List<WallPost> posts));
        Assert.Single(posts);
        Assert.Equal(RecordStatus.TooLarge, WallCodec.Read(Encoding.UTF8.GetBytes(Wall(Enumerable.Repeat(good, 101))), out _, out _));
        Assert.Equal(RecordStatus.UnknownVersion, WallCodec.Read(Encoding.UTF8.GetBytes(Wall([]).Replace(":1,", ":2,", StringComparison.Ordinal)), out _, out _));
    }

    [Fact]
    public void Mutated_walls_never_throw() => Mutations.Feed(
        WallCodec.Write(Users.Fast(1).Fingerprint, [WallPost.Sign(Users.Fast(1), Users.Fast(1).Fingerprint, "a", 1)!, WallPost.Sign(Users.Fast(1), Users.Fast(1).Fingerprint, "b", 2, "x_1")!]), data => WallCodec.Read(data, out _, out _));
}
