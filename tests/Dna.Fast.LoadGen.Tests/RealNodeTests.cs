using System.Text.Json;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Listen;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>Whatever works against the one node works against the other.</summary>
public sealed class RealNodeTests
{
    public static TheoryData<string> Nodes => [RealNode.Ours, RealNode.Stock];

    public static TheoryData<string, string> Commands
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string node in new[] { RealNode.Ours, RealNode.Stock })
            {
                foreach (string command in new[] { "ping", "find", "get", "put", "mixed", "listen" }) all.Add(node, command);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_ends_well_and_writes_its_figures(string name, string command)
    {
        using RivalProcess node = RealNode.Start(name);
        string directory = Directory.CreateTempSubdirectory("dna-load-test-").FullName;
        try
        {
            string json = Path.Combine(directory, "run.json"), html = Path.Combine(directory, "run.html");
            string[] more = command == "listen" ? ["--listeners", "20"] : ["--warm-up", "0", "--settle", "0"];
            (int code, string error) = Shell.Run([command, node.Address.ToString(), "--duration", "500ms", "--keys", "20", "--timeout", "5s",
                "--rate", "200", "--server-pid", $"{node.Pid}", "--json", json, "--html", html, .. more]);
            Assert.True(code == ExitCode.Ok, error);
            using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(json));
            Assert.Equal(command, figures.RootElement.GetProperty("command").GetString());
            Assert.Equal(figures.RootElement.GetProperty("requests").GetInt64(),
                figures.RootElement.GetProperty("outcomes").GetProperty("ok").GetInt64());
            Assert.True(figures.RootElement.GetProperty("requests").GetInt64() > 50);
            Assert.True(figures.RootElement.GetProperty("server").GetProperty("rssBytes").GetDouble() > 1 << 20);
            Assert.Contains(node.Address.ToString(), File.ReadAllText(html), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void All_queries_are_answered_with_the_right_contents(string name)
    {
        using RivalProcess node = RealNode.Start(name);
        RunResult result = Runs.Run(Options(node, Mix.Usual) with { SettleNs = 30 * Clock.Second, Sockets = 8 });
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
        Assert.Equal(4, result.LatencyByKind.Count);
        Assert.Equal(8, result.NodesPerFind);
        Assert.True(result.Server!.CpuUsPerReply > 0);
    }

    [Theory]
    [InlineData(RealNode.Ours, 0)]
    [InlineData(RealNode.Ours, 0x1001)]
    [InlineData(RealNode.Stock, 0)]
    [InlineData(RealNode.Stock, 0x1001)]
    public void Values_in_fragments_come_back_byte_for_byte(string name, ushort type)
    {
        using RivalProcess node = RealNode.Start(name);
        RunResult result =
            Runs.Run(Options(node, Mix.Only(RequestKind.Get)) with { ValueBytes = [3000, 40], ValueType = type, Rate = 500 });
        Assert.True(result.Requests > 100);
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Pushes_reach_their_listeners(string name)
    {
        using RivalProcess node = RealNode.Start(name);
        LoadOptions options = Options(node, Mix.Only(RequestKind.Put)) with
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

    [Theory]
    [MemberData(nameof(Nodes))]
    public void The_port_of_a_node_that_ended_is_a_closed_one(string name)
    {
        RivalProcess node = RealNode.Start(name);
        string address = node.Address.ToString();
        node.Dispose();
        (int code, string error) = Shell.Run("ping", address);
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("no program has this port open", error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void A_network_id_too_many_is_found_out(string name)
    {
        using RivalProcess node = RealNode.Start(name);
        (int code, string error) = Shell.Run("find", node.Address.ToString(), "--network", "7", "--timeout", "500ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("does not answer in network 7, but it does in network 0", error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void A_missing_network_id_is_suspected_and_the_right_one_works(string name)
    {
        using RivalProcess node = RealNode.Start(name, network: 9);
        (int code, string error) = Shell.Run("ping", node.Address.ToString(), "--timeout", "100ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("give --network N", error, StringComparison.Ordinal);
        (code, error) = Shell.Run("ping", node.Address.ToString(), "--network", "9", "--duration", "200ms", "--warm-up", "0");
        Assert.True(code == ExitCode.Ok, error);
    }

    private static LoadOptions Options(RivalProcess node, Mix mix) =>
        Runs.Options(node.Address, RequestKind.Ping) with { Mix = mix, ServerPid = node.Pid, TimeoutNs = 5 * Clock.Second };
}
