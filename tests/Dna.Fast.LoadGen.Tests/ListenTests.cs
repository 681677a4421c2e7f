using Dna.Fast.LoadGen.Listen;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

public sealed class ListenTests
{
    [Fact]
    public void Every_put_reaches_every_listener_of_its_key_once()
    {
        using var node = new TinyNode();
        RunResult result = Run(node, 12, 5);
        ListenInfo listen = result.Listen!;
        Assert.True(listen.Puts > 50);
        Assert.Equal(listen.PushesExpected, listen.Pushes);
        Assert.Equal((0, 0, 0), (listen.Missing, listen.Duplicate, listen.Unexpected));
        Assert.InRange((double)listen.PushesExpected / listen.Puts, 2.3, 2.5);
        Assert.Equal(listen.Pushes, result.Latency.Count);
    }

    [Fact]
    public void Swallowed_pushes_are_missing_and_repeated_ones_duplicates()
    {
        using var node = new TinyNode(new Faults { SwallowPushEvery = 10, RepeatPushEvery = 7 });
        ListenInfo listen = Run(node, 12, 5).Listen!;
        Assert.InRange((double)listen.Missing / listen.PushesExpected, 0.08, 0.12);
        Assert.InRange((double)listen.Duplicate / listen.PushesExpected, 0.1, 0.16);
        Assert.Equal(listen.PushesExpected, listen.Pushes + listen.Missing);
    }

    [Theory]
    [InlineData(12, 5, 3)]
    [InlineData(5, 12, 4)]
    [InlineData(7, 7, 7)]
    [InlineData(1, 1, 8)]
    public void A_plan_gives_each_listener_a_key_and_a_place_of_its_own(int listeners, int keys, int sources)
    {
        var plan = new ListenPlan(listeners, keys, sources);
        var places = Enumerable.Range(0, listeners).Select(i => (plan.KeyOf(i), plan.PlaceOf(i))).ToHashSet();
        Assert.Equal(listeners, places.Count);
        Assert.Equal(listeners, Enumerable.Range(0, plan.Keys).Sum(k => plan.FanOut((uint)k)));
        Assert.All(Enumerable.Range(0, listeners), i => Assert.Equal(i, plan.ListenerOf(ListenPlan.SocketIdOf(i))));
        Assert.All(Enumerable.Range(0, listeners), i => Assert.True(plan.PlaceOf(i) < plan.FanOut(plan.KeyOf(i))));
        Assert.Equal(-1, plan.ListenerOf(0));
        Assert.Equal(-1, plan.ListenerOf((uint)listeners + 1));
    }

    private static RunResult Run(TinyNode node, int listeners, uint keys)
    {
        LoadOptions options = Runs.Options(node.Address, RequestKind.Put) with
        {
            Command = "listen",
            Keys = keys,
            Rate = 200,
            WarmUpNs = 0,
            DurationNs = Clock.Second
        };
        using Session session = Session.Open(options, _ => { });
        return ListenRunner.Run(session, options, listeners, new NoProgress(), CancellationToken.None);
    }
}
