using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class RunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_kind_of_query_is_answered_and_checked(int threads)
    {
        using var node = new TinyNode();
        Assert.True(Mix.TryParse("ping=1,find=1,get=1,put=1", out Mix? mix));
        RunResult result = Runs.Run(Runs.Options(node.Address, RequestKind.Ping) with { Mix = mix!, Threads = threads });
        Assert.True(result.Count(Outcome.Ok) > 0);
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
        Assert.Equal(["find", "get", "ping", "put"], result.LatencyByKind.Keys.Order());
        Assert.All(result.LatencyByKind.Values, l => Assert.True(l.Count > 0));
    }

    [Fact]
    public void Wrong_contents_are_counted_apart_from_missing_ones()
    {
        using var node = new TinyNode(new Faults { CorruptEvery = 10, ForgetEvery = 7 });
        RunResult result = Runs.Run(Runs.Options(node.Address, RequestKind.Get));
        Assert.InRange((double)result.Count(Outcome.WrongValue) / result.Requests, 0.05, 0.12);
        Assert.InRange((double)result.Count(Outcome.MissingValue) / result.Requests, 0.1, 0.19);
        Assert.Equal(0, result.Lost);
    }

    [Fact]
    public void Lost_answers_are_lost_and_nothing_else()
    {
        using var node = new TinyNode(new Faults { DropEvery = 5 });
        LoadOptions options = Runs.Options(node.Address, RequestKind.Ping) with { Rate = 500, TimeoutNs = 100 * Clock.Millisecond };
        RunResult result = Runs.Run(options);
        Assert.InRange((double)result.Lost / result.Requests, 0.15, 0.25);
        Assert.Equal(result.Requests, result.Lost + result.Count(Outcome.Ok));
    }

    [Fact]
    public void A_refused_token_is_replaced_and_the_run_goes_on()
    {
        using var node = new TinyNode(new Faults { UnauthorizedAt = 30 });
        RunResult result = Runs.Run(Runs.Options(node.Address, RequestKind.Put) with { WarmUpNs = 0 });
        Assert.Equal(1, result.Count(Outcome.Unauthorized));
        Assert.Equal(result.Requests - 1, result.Count(Outcome.Ok));
        Assert.True(node.Seen(MessageKind.Find) >= 4 + 1);
    }

    [Fact]
    public void A_second_answer_is_a_duplicate()
    {
        using var node = new TinyNode(new Faults { RepeatEvery = 4 });
        RunResult result = Runs.Run(Runs.Options(node.Address, RequestKind.Ping));
        Assert.True(result.Count(Stray.Duplicate) > 0);
        Assert.Equal(0, result.Count(Stray.Unexpected));
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
    }

    [Fact]
    public void An_answer_after_the_timeout_is_late_and_its_request_lost()
    {
        using var node = new TinyNode(new Faults { StallAt = 20, Stall = TimeSpan.FromMilliseconds(400) });
        LoadOptions options = Runs.Options(node.Address, RequestKind.Ping) with
        {
            Rate = 100,
            WarmUpNs = 0,
            DurationNs = Clock.Second,
            TimeoutNs = 100 * Clock.Millisecond
        };
        RunResult result = Runs.Run(options);
        Assert.True(result.Count(Stray.Late) > 0);
        Assert.True(result.Lost >= result.Count(Stray.Late));
    }

    [Fact]
    public void In_an_open_loop_a_stall_slows_every_request_that_was_to_be_sent_during_it()
    {
        using var node = new TinyNode(new Faults { StallAt = 200, Stall = TimeSpan.FromMilliseconds(300) });
        LoadOptions options = Runs.Options(node.Address, RequestKind.Ping) with
        {
            Rate = 1000,
            WarmUpNs = 0,
            DurationNs = Clock.Second,
            TimeoutNs = 5 * Clock.Second
        };
        RunResult result = Runs.Run(options);

        // 1,000 requests in all; those of the 300 ms stall waited up to 300 ms, so at least one in ten waited for 150 ms or more.
        Assert.InRange(result.Requests, 900, 1001);
        Assert.True(result.Latency.P90Us >= 100_000, $"p90 {result.Latency.P90Us} us");
        Assert.True(result.Latency.MaxUs >= 250_000, $"max {result.Latency.MaxUs} us");
    }

    [Fact]
    public void In_a_closed_loop_a_stall_slows_only_what_was_in_flight()
    {
        using var node = new TinyNode(new Faults { StallAt = 200, Stall = TimeSpan.FromMilliseconds(300) });
        LoadOptions options = Runs.Options(node.Address, RequestKind.Ping) with
        {
            WarmUpNs = 0,
            DurationNs = Clock.Second,
            TimeoutNs = 5 * Clock.Second
        };
        RunResult result = Runs.Run(options);
        Assert.True(result.Latency.MaxUs >= 250_000, $"max {result.Latency.MaxUs} us");
        Assert.True(result.Latency.P90Us < 100_000, $"p90 {result.Latency.P90Us} us");
    }

    [Fact]
    public void Loading_that_is_never_acknowledged_gives_up_and_says_why()
    {
        using var node = new TinyNode(new Faults { NoToken = true });
        LoadException failure = Assert.Throws<LoadException>(() => Runs.Run(Runs.Options(node.Address, RequestKind.Put)));
        Assert.Equal(ExitCode.Failed, failure.ExitCode);
        Assert.Contains("without a token", failure.Message, StringComparison.Ordinal);
    }
}
