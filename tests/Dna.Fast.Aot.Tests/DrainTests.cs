using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>Nodes that leave by <c>dna drain</c>.</summary>
public sealed class DrainTests
{
    private const int Values = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_drained_node_ends_and_what_it_alone_had_is_at_the_others()
    {
        await using DnaProcess leaving = await StartWithValuesAsync();
        await using DnaProcess second = await JoinAsync(leaving);
        await using DnaProcess third = await JoinAsync(leaving, 2);

        CommandResult drain = await DnaCommand.SucceedAsync("drain", "--data", leaving.Data, "--json");
        JsonElement end = JsonDocument.Parse(drain.Text).RootElement;
        Assert.True(end.GetProperty("ok").GetBoolean());
        Assert.Equal(Values, end.GetProperty("handed_over").GetInt32());
        Assert.Equal(0, end.GetProperty("left").GetInt32());
        Assert.Equal(0, await leaving.WaitForExitAsync());
        foreach (DnaProcess node in new[] { second, third })
        {
            Assert.Equal(Values, (await node.StatusAsync()).GetProperty("store").GetProperty("values").GetInt32());
        }
    }

    [Fact]
    public async Task A_draining_node_is_not_ready_and_a_signal_ends_it_at_once()
    {
        await using DnaProcess leaving = await StartWithValuesAsync();
        await using DnaProcess frozen = await JoinAsync(leaving);
        // Somebody who is there and does not answer: what is handed to it waits.
        frozen.Freeze(true);
        await using ChildProcess drain = DnaBinary.Start(["drain", "--data", leaving.Data, "--timeout", "600"]);
        Assert.NotNull(await drain.Errors.WaitAsync(0, line => line.Contains($"of {Values} values", StringComparison.Ordinal), Patience));

        CommandResult health = await DnaCommand.RunAsync("healthcheck", "--data", leaving.Data, "--json");
        Assert.Equal(1, health.ExitCode);
        JsonElement serving = Assert.Single(JsonDocument.Parse(health.Text).RootElement.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "serving");
        Assert.Equal("failing", serving.GetProperty("state").GetString());

        Assert.Equal(0, await leaving.StopAsync());
        Assert.Equal(1, await drain.WaitForExitAsync(Patience));
        Assert.Contains(drain.Output.Since(0), line => line.StartsWith("stopped: ", StringComparison.Ordinal) && line.EndsWith($"{Values} are not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_time_is_over_it_stops_all_the_same_and_keeps_what_nobody_took()
    {
        using var directory = new TestDirectory();
        await using DnaProcess leaving = await StartWithValuesAsync(directory.File("state"));
        await using DnaProcess frozen = await JoinAsync(leaving);
        frozen.Freeze(true);
        CommandResult drain = await DnaCommand.RunAsync("drain", "--data", leaving.Data, "--timeout", "1", "--json");
        Assert.Equal(1, drain.ExitCode);
        JsonElement end = JsonDocument.Parse(drain.Text).RootElement;
        Assert.True(end.GetProperty("stopped").GetBoolean());
        Assert.Equal(Values, end.GetProperty("left").GetInt32());
        Assert.Equal(0, await leaving.WaitForExitAsync());

        await using DnaProcess again = await DnaProcess.StartAsync(new DnaOptions { Data = directory.File("state") });
        Assert.Equal(Values, again.Values);
    }

    [Fact]
    public async Task A_node_without_others_says_that_its_values_are_on_its_disk_alone_and_one_that_comes_back_hands_nothing_over()
    {
        await using DnaProcess alone = await StartWithValuesAsync();
        CommandResult drain = await DnaCommand.RunAsync("drain", "--data", alone.Data);
        Assert.Equal(1, drain.ExitCode);
        Assert.Contains($"0 of {Values} values are at other nodes, {Values} are not", drain.Text, StringComparison.Ordinal);
        Assert.Equal(0, await alone.WaitForExitAsync());

        await using DnaProcess back = await DnaProcess.StartAsync(new DnaOptions { Data = alone.Data });
        Assert.Equal(Values, back.Values);
        await DnaCommand.SucceedAsync("drain", "--data", back.Data, "--no-hand-over");
        Assert.Equal(0, await back.WaitForExitAsync());
        Assert.Equal(1, (await DnaCommand.RunAsync("drain", "--data", back.Data)).ExitCode);
    }

    private static async Task<DnaProcess> StartWithValuesAsync(string? data = null)
    {
        DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data });
        using var load = new PutLoad(node.Address, new Random(1));
        load.PutAll(Values);
        return node;
    }

    private static async Task<DnaProcess> JoinAsync(DnaProcess first, int contacts = 1)
    {
        DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Bootstrap = [first.Address.ToString()] });
        await Bounded.UntilAsync(
            async () => (await first.StatusAsync()).GetProperty("ipv4").GetProperty("good").GetInt32() >= contacts, Patience, "the first node knows the others");
        return node;
    }
}
