using System.Text;

namespace Dna.Fast.Messenger.Tests.Walls;

public sealed class VoteCodecTests
{
    [Fact]
    public void Votes_are_printed_with_their_counts_and_read_again()
    {
        Vote up = Vote.Sign(Users.Fast(1), "p_1", isUp: true, 5), down = Vote.Sign(Users.Fast(2), "p_1", isUp: false, 6);
        byte[] data = VoteCodec.Write("p_1", [up, down]);
        Assert.StartsWith($$"""{"post_id":"p_1","upvote_count":1,"downvote_count":1,"votes":[{"voter":"{{up.Voter}}","vote":1,"timestamp":5,"signature":""", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
        Assert.Contains("\"vote\":-1", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
        Assert.Equal(RecordStatus.Ok, VoteCodec.Read(data, "p_1", out List<Vote> votes));
        Assert.True(votes[0].IsRight(Users.Known, Users.Fast(1).SigningKey.Span, "p_1"));
        Assert.True(votes[1].IsRight(Users.Known, Users.Fast(2).SigningKey.Span, "p_1"));
    }

    [Fact]
    public void A_vote_turned_around_moved_or_of_somebody_else_is_not_right()
    {
        Vote vote = Vote.Sign(Users.Fast(1), "p_1", isUp: true, 5);
        ReadOnlySpan<byte> key = Users.Fast(1).SigningKey.Span;
        Assert.False((vote with { IsUp = false }).IsRight(Users.Known, key, "p_1"));
        Assert.False(vote.IsRight(Users.Known, key, "p_2"));
        Assert.False((vote with { Voter = Users.AliceFingerprint }).IsRight(Users.Known, key, "p_1"));
        Assert.False(vote.IsRight(Users.Known, Users.Fast(2).SigningKey.Span, "p_1"));
    }

    [Fact]
    public void The_signed_vote_is_one_signed_byte() => Assert.Equal([(byte)'p', 0xFF, 0, 0, 0, 0, 0, 0, 0, 1], Vote.SignedMessage("p", isUp: false, 1));

    [Fact]
    public void One_vote_of_each_voter_is_read_and_other_values_than_plus_and_minus_1_are_not()
    {
        Vote vote = Vote.Sign(Users.Fast(1), "p_1", isUp: true, 5);
        Assert.Equal(RecordStatus.Ok, VoteCodec.Read(VoteCodec.Write("p_1", [vote, vote with { IsUp = false }]), "p_1", out List<Vote> votes));
        Assert.True(votes.Single().IsUp);
        string text = Encoding.UTF8.GetString(VoteCodec.Write("p_1", [vote]));
        Assert.Equal(RecordStatus.Ok, VoteCodec.Read(Encoding.UTF8.GetBytes(text.Replace("\"vote\":1", "\"vote\":2", StringComparison.Ordinal)), "p_1", out votes));
        Assert.Empty(votes);
        Assert.Equal(RecordStatus.Incomplete, VoteCodec.Read(Encoding.UTF8.GetBytes(text), "p_2", out _));
    }

    [Fact]
    public void Mutated_votes_never_throw() => Mutations.Feed(VoteCodec.Write("p_1", [Vote.Sign(Users.Fast(1), "p_1", isUp: true, 5)]), data => VoteCodec.Read(data, "p_1", out _));
}
