using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Tests.Http;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Tests.Operators;

public sealed class ProbeCommandTests
{
    // Loopback answers at once; only a node that is gone takes all of it.
    private const string Patience = "30";

    [Fact]
    public async Task What_is_put_through_each_node_is_read_through_the_next()
    {
        using var first = new LoopbackNode(null);
        using var second = new LoopbackNode(null, first);
        using var third = new LoopbackNode(null, first);
        await Until.TrueAsync(() => second.Node.GoodNodes().Count == 2 && third.Node.GoodNodes().Count == 2);
        string[] nodes = [first.Address.ToString(), second.Address.ToString(), third.Address.ToString()];

        CommandRun run = await CommandRun.OfAsync(["probe", .. nodes, "--timeout", Patience, "--json"]);
        Assert.True(run.Code == ExitCode.Ok, run.ToString());
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        JsonElement[] steps = [.. run.Json.GetProperty("steps").EnumerateArray()];
        Assert.Equal(["put", "put", "put", "get", "get", "get"], steps.Select(step => step.GetProperty("step").GetString()));
        Assert.Equal(nodes, steps[3..].Select(step => step.GetProperty("put_through").GetString()));
        Assert.Equal([nodes[1], nodes[2], nodes[0]], steps[3..].Select(step => step.GetProperty("node").GetString()));
        Assert.All(steps, step => Assert.True(step.GetProperty("nodes").GetInt32() > 0));
    }

    [Fact]
    public async Task One_node_is_put_through_and_read_through()
    {
        using var node = new LoopbackNode(null);
        CommandRun run = await CommandRun.OfAsync("probe", node.Address.ToString(), "--timeout", Patience);
        Assert.True(run.Code == ExitCode.Ok, run.ToString());
        Assert.Contains($"put {node.Address}: ok, 1 nodes acknowledged", run.Output, StringComparison.Ordinal);
        Assert.Contains($"get {node.Address}: ok", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pain_47_a_node_that_answers_and_acknowledges_and_keeps_nothing_is_found_out()
    {
        await using WatchedNode node = await WatchedNode.StartAsync(store: new ForgetfulStore());
        string at = node.Address.ToString();
        Assert.Equal(ExitCode.Ok, (await CommandRun.OfAsync("ping", at)).Code);
        CommandRun run = await CommandRun.OfAsync("probe", at, "--timeout", Patience, "--json");
        Assert.True(run.Code == ExitCode.Failed, run.ToString());
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
        JsonElement[] steps = [.. run.Json.GetProperty("steps").EnumerateArray()];
        Assert.True(steps[0].GetProperty("ok").GetBoolean());
        Assert.False(steps[1].GetProperty("ok").GetBoolean());
        Assert.Contains("is not found", steps[1].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_that_do_not_know_each_other_are_found_out()
    {
        using var node = new LoopbackNode(null);
        using var stranger = new LoopbackNode(null);
        CommandRun run = await CommandRun.OfAsync("probe", node.Address.ToString(), stranger.Address.ToString(), "--timeout", Patience);
        Assert.True(run.Code == ExitCode.Failed, run.ToString());
        Assert.Equal(2, run.Output.Split("FAILED, the value put through").Length - 1);
    }

    [Fact]
    public async Task A_node_that_is_gone_ends_it_with_5_and_the_others_are_told_all_the_same()
    {
        string gone;
        using (var leaves = new LoopbackNode(null)) gone = leaves.Address.ToString();
        using var node = new LoopbackNode(null);
        CommandRun run = await CommandRun.OfAsync("probe", node.Address.ToString(), gone, "--timeout", "2", "--json");
        Assert.True(run.Code == ExitCode.Unreachable, run.ToString());
        JsonElement[] steps = [.. run.Json.GetProperty("steps").EnumerateArray()];
        Assert.Equal([true, false, false], steps.Select(step => step.GetProperty("ok").GetBoolean()));
        Assert.Equal([false, true, true], steps.Select(step => step.GetProperty("unreachable").GetBoolean()));
    }

    [Fact]
    public async Task Kept_canaries_are_read_later_and_missed_when_they_are_gone()
    {
        using var folder = new TestDirectory();
        string file = folder.File("before.jsonl");
        using var node = new LoopbackNode(null);
        using var other = new LoopbackNode(null, node);
        await Until.TrueAsync(() => other.Node.GoodNodes().Count == 1 && node.Node.GoodNodes().Count == 1);
        string[] nodes = [node.Address.ToString(), other.Address.ToString()];
        CommandRun put = await CommandRun.OfAsync(["probe", .. nodes, "--put-only", "--canary", file, "--timeout", Patience]);
        Assert.True(put.Code == ExitCode.Ok, put.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file));

        CommandRun get = await CommandRun.OfAsync(["probe", .. nodes, "--get-only", "--canary", file, "--timeout", Patience, "--json"]);
        Assert.True(get.Code == ExitCode.Ok, get.ToString());
        Assert.Equal(4, get.Json.GetProperty("steps").GetArrayLength());

        using var emptyNode = new LoopbackNode(null);
        CommandRun missed = await CommandRun.OfAsync("probe", emptyNode.Address.ToString(), "--get-only", "--canary", file, "--timeout", Patience);
        Assert.True(missed.Code == ExitCode.Failed, missed.ToString());
    }

    [Theory]
    [InlineData("probe")]
    [InlineData("probe", "127.0.0.1:0")]
    [InlineData("probe", "127.0.0.1:1", "--put-only")]
    [InlineData("probe", "127.0.0.1:1", "--get-only")]
    [InlineData("probe", "127.0.0.1:1", "--put-only", "--get-only", "--canary", "f")]
    public async Task What_makes_no_sense_ends_with_2(params string[] arguments) => Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync(arguments)).Code);

    [Theory]
    [InlineData("")]
    [InlineData("no canary at all\n")]
    [InlineData("{\"key\":\"00\",\"id\":\"1\",\"data\":\"x\",\"through\":\"y\"}\n")]
    [InlineData("[1]\n")]
    public async Task A_file_of_something_else_is_refused(string content)
    {
        using var folder = new TestDirectory();
        string file = folder.File("other");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        CommandRun run = await CommandRun.OfAsync("probe", "127.0.0.1:1", "--get-only", "--canary", file);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("no file of canaries", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await CommandRun.OfAsync("probe", "127.0.0.1:1", "--get-only", "--canary", file + ".missing")).Code);
    }
}
