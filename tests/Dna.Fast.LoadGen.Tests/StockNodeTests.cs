using System.Net;
using System.Net.Sockets;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Listen;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>Against Debian's dhtnode, the implementation the network is made of.</summary>
public sealed class StockNodeTests : IDisposable
{
    private readonly RivalProcess? _node;

    public StockNodeTests()
    {
        if (IsInstalled()) _node = RivalProcess.Start(new Rival("dhtnode", "dhtnode -s -U -p {port}"), FreePort());
    }

    public void Dispose() => _node?.Dispose();

    [Fact]
    public void All_queries_are_answered_with_the_right_contents()
    {
        RunResult result = Runs.Run(Options(Mix.Usual) with { SettleNs = 5 * Clock.Second, Sockets = 8 });
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
        Assert.Equal(4, result.LatencyByKind.Count);
        Assert.Equal(8, result.NodesPerFind);
        Assert.True(result.Server!.CpuUsPerReply > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x1001)]
    public void Values_in_fragments_come_back_byte_for_byte(ushort type)
    {
        RunResult result = Runs.Run(Options(Mix.Only(RequestKind.Get)) with { ValueBytes = [3000, 40], ValueType = type, Rate = 500 });
        Assert.True(result.Requests > 100);
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
    }

    [Fact]
    public void Pushes_reach_their_listeners()
    {
        LoadOptions options = Options(Mix.Only(RequestKind.Put)) with
        {
            Command = "listen",
            Keys = 5,
            Rate = 100,
            WarmUpNs = 0,
            DurationNs = Clock.Second
        };
        using Session session = Session.Open(options, _ => { });
        ListenInfo listen = ListenRunner.Run(session, options, 10, new NoProgress(), CancellationToken.None).Listen!;
        Assert.True(listen.Puts > 50);
        Assert.Equal((0, 0), (listen.Missing, listen.Unexpected));
        Assert.Equal(2 * listen.Puts, listen.Pushes);
    }

    private LoadOptions Options(Mix mix)
    {
        Assert.SkipUnless(_node != null, "dhtnode is not installed: apt-get install dhtnode");
        return Runs.Options(_node!.Address, RequestKind.Ping) with { Mix = mix, ServerPid = _node.Pid };
    }

    private static bool IsInstalled() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, "dhtnode")));

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
