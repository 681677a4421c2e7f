using System.Net;
using Dna.Fast.LoadGen.Echo;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

public sealed class EchoServerTests : IDisposable
{
    private readonly EchoServer _echo = EchoServer.Start(IPAddress.Loopback, 0, 1, new EchoReplies(8, 100, 0));

    public void Dispose() => _echo.Dispose();

    [Fact]
    public void The_echo_is_known_and_its_replies_have_a_nodes_size()
    {
        RunResult result = Runs.Run(Runs.Options(_echo.Address, RequestKind.Find));
        Assert.True(result.Target.IsEcho);
        Assert.Equal(8, result.NodesPerFind);

        // A stock node's answer with 8 nodes has 309 bytes; its agent is two letters longer.
        Assert.InRange(result.ReplyBytes, 305, 309);
    }

    [Fact]
    public void Several_threads_share_one_port()
    {
        using EchoServer shared = EchoServer.Start(IPAddress.Loopback, 0, 3, new EchoReplies(0, 50, 0));
        RunResult result = Runs.Run(Runs.Options(shared.Address, RequestKind.Ping) with { Sockets = 16, InFlight = 32 });
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
    }

    [Fact]
    public void Over_IPv6_it_is_the_same()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "no IPv6 here");
        using EchoServer six = EchoServer.Start(IPAddress.IPv6Loopback, 0, 1, new EchoReplies(8, 100, 0));
        RunResult result = Runs.Run(Runs.Options(six.Address, RequestKind.Find));
        Assert.True(result.Requests > 0);
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
    }

    [Fact]
    public void In_steady_state_the_generators_thread_allocates_nothing()
    {
        LoadOptions options = Runs.Options(_echo.Address, RequestKind.Get) with { Threads = 1 };
        using Session session = Session.Open(options, _ => { });
        session.Resize(8);
        Assert.True(Mix.TryParse("ping=1,find=1,get=1,put=1", out Mix? mix));
        // The runtime allocates a little on a thread whose code it is just replacing by better code; code that allocates does so in every run.
        Assert.Equal(0, Enumerable.Range(0, 5).Select(_ => Allocated(session, mix!)).Min());
    }

    private static long Allocated(Session session, Mix mix)
    {
        var meter = new Meter(mix, new IntervalSeries(Clock.NowNs(), Clock.Second, 10));
        var workload = new SteadyWorkload(mix, new KeyPicker(100, 0.99, 1), 1, false, 1);
        var window = new Window(Clock.NowNs(), Clock.NowNs() + 200 * Clock.Millisecond, 100 * Clock.Millisecond);
        Pace pace = Pace.Closed();
        long before = GC.GetAllocatedBytesForCurrentThread();
        session.Engines[0].Run(workload, pace, meter, window);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(meter.Answered > 100);
        return allocated;
    }
}
