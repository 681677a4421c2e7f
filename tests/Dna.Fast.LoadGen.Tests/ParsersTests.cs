using Dna.Fast.LoadGen.Cli;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class ParsersTests
{
    [Theory]
    [InlineData("10", 10_000_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("250ms", 250_000_000)]
    [InlineData("2m", 120_000_000_000)]
    public void Durations_are_seconds_unless_they_say_otherwise(string text, long ns)
    {
        Assert.True(Parsers.TryDuration(text, out long read));
        Assert.Equal(ns, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1")]
    [InlineData("2d")]
    [InlineData("1e9")]
    [InlineData("9999999")]
    public void Durations_that_mean_nothing_are_refused(string text) => Assert.False(Parsers.TryDuration(text, out _));

    [Fact]
    public void Sizes_are_one_some_or_a_range()
    {
        Assert.True(Parsers.TrySizes("100", out List<int> one));
        Assert.Equal([100], one);
        Assert.True(Parsers.TrySizes("64,256", out List<int> some));
        Assert.Equal([64, 256], some);
        Assert.True(Parsers.TrySizes("50-400", out List<int> range));
        Assert.Equal([50, 100, 150, 200, 250, 300, 350, 400], range);
        Assert.All(new[] { "", "a", "70000", "5-1", "1,,2" }, bad => Assert.False(Parsers.TrySizes(bad, out _)));
    }

    [Fact]
    public void Sources_are_addresses_and_ranges()
    {
        Assert.True(Parsers.TrySources("127.0.0.254-127.0.1.1,::1", out List<NodeAddress> sources));
        Assert.Equal(["127.0.0.254:0", "127.0.0.255:0", "127.0.1.0:0", "127.0.1.1:0", "[::1]:0"], sources.Select(s => s.ToString()));
        Assert.All(new[] { "", "x", "127.0.0.2-127.0.0.1", "127.0.0.1-128.0.0.1", "::1-::2" }, bad =>
            Assert.False(Parsers.TrySources(bad, out _)));
    }

    [Fact]
    public void A_target_without_a_port_has_the_networks_port()
    {
        Assert.Equal("127.0.0.1:4222", Parsers.Target("127.0.0.1").ToString());
        Assert.Equal("[::1]:4000", Parsers.Target("[::1]:4000").ToString());
        Assert.Equal(4001, Parsers.Target("localhost:4001").Port);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("0.0.0.0")]
    public void A_target_that_cannot_be_one_is_a_usage_error(string text)
    {
        Assert.Equal(ExitCode.Usage, Assert.Throws<LoadException>(() => Parsers.Target(text)).ExitCode);
    }

    [Fact]
    public void Shares_of_a_mix_are_kept()
    {
        Assert.True(Mix.TryParse("get=75,put=25", out Mix? mix));
        var random = new SplitMix(1);
        int gets = Enumerable.Range(0, 100_000).Count(_ => mix!.Next(random) == RequestKind.Get);
        Assert.InRange(gets, 74_000, 76_000);
        Assert.False(mix!.Has(RequestKind.Ping));
        Assert.All(new[] { "", "get", "get=x", "listen=1", "get=0", "2=5" }, bad => Assert.False(Mix.TryParse(bad, out _)));
    }
}
