using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>Tokens of section 3.</summary>
public sealed class TokenMintTests
{
    private static readonly NodeAddress Requester = Make.Address(1);
    private readonly TokenMint _mint = new(new SeededRandom(1), Make.Start);

    [Fact]
    public void Token_is_accepted_from_the_address_it_was_issued_to() => Assert.True(_mint.Check(Requester, Token()));

    [Fact]
    public void Token_is_refused_from_another_port() => Assert.False(_mint.Check(Requester.WithPort(4001), Token()));

    [Fact]
    public void Token_is_refused_from_another_address() => Assert.False(_mint.Check(Make.Address(2), Token()));

    [Fact]
    public void Tokens_of_ipv6_are_bound_to_both_halves_of_the_address()
    {
        NodeAddress address = NodeAddress.From(Convert.FromHexString("20010db8000000010000000000000001"), 4000);
        byte[] token = new byte[WireLimits.TokenBytes];
        _mint.Write(address, token);
        Assert.True(_mint.Check(address, token));
        Assert.False(_mint.Check(NodeAddress.From(Convert.FromHexString("20010db8000000020000000000000001"), 4000), token));
        Assert.False(_mint.Check(NodeAddress.From(Convert.FromHexString("20010db8000000010000000000000002"), 4000), token));
    }

    [Fact]
    public void Token_with_any_bit_flipped_is_refused()
    {
        byte[] token = Token();
        for (int bit = 0; bit < 8 * token.Length; bit++)
        {
            token[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_mint.Check(Requester, token));
            token[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Token_of_another_length_is_refused(int length)
    {
        byte[] token = new byte[length];
        Token().AsSpan(0, Math.Min(32, length)).CopyTo(token);
        Assert.False(_mint.Check(Requester, token));
    }

    [Fact]
    public void Token_of_zeros_is_refused() => Assert.False(_mint.Check(Requester, new byte[WireLimits.TokenBytes]));

    [Fact]
    public void Token_outlives_one_change_of_the_secret_and_not_two()
    {
        byte[] token = Token();
        _mint.Rotate(Make.Start);
        Assert.True(_mint.Check(Requester, token));
        Assert.NotEqual(token, Token());
        _mint.Rotate(Make.Start);
        Assert.False(_mint.Check(Requester, token));
    }

    [Fact]
    public void Secret_changes_after_15_to_45_minutes_at_times_that_vary()
    {
        HashSet<long> lengths = [];
        long nowMs = Make.StartMs;
        for (int turn = 0; turn < 50; turn++)
        {
            byte[] token = Token();
            long beganMs = nowMs;
            while (Token().AsSpan().SequenceEqual(token)) _mint.Turn(Make.At(nowMs += 1000));
            long lengthMs = nowMs - beganMs;
            Assert.InRange(lengthMs, TokenMint.TurnMsMin - 1000, TokenMint.TurnMsMax + 1000);
            lengths.Add(lengthMs);
        }

        Assert.True(lengths.Count > 25);
    }

    [Fact]
    public void Two_nodes_issue_different_tokens()
    {
        byte[] other = new byte[WireLimits.TokenBytes];
        new TokenMint(new SeededRandom(2), Make.Start).Write(Requester, other);
        Assert.NotEqual(other, Token());
    }

    [Fact]
    public void Issuing_and_checking_allocate_nothing()
    {
        byte[] token = Token();
        bool isRight = true;
        Assert.Equal(0, Allocation.PerThousand(() =>
        {
            _mint.Write(Requester, token);
            isRight &= _mint.Check(Requester, token);
        }));
        Assert.True(isRight);
    }

    [Fact]
    public async Task Fresh_token_is_accepted_while_another_thread_changes_the_secret_once()
    {
        // Between issuing and checking at most one change may fall, as in life; the pair of secrets changes as a whole.
        using Barrier barrier = new(2);
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                barrier.SignalAndWait();
                _mint.Rotate(Make.Start);
                barrier.SignalAndWait();
            }
        });
        byte[] token = new byte[WireLimits.TokenBytes];
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            barrier.SignalAndWait();
            _mint.Write(Requester, token);
            if (!_mint.Check(Requester, token)) refused++;
            barrier.SignalAndWait();
        }

        await writer;
        Assert.Equal(0, refused);
    }

    private byte[] Token()
    {
        byte[] token = new byte[WireLimits.TokenBytes];
        _mint.Write(Requester, token);
        return token;
    }
}
