using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>What an operator allows others: whose values are stored, and how much traffic there is.</summary>
[SupportedOSPlatform("linux")]
public sealed class TenantTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Values_of_others_than_the_allowed_are_counted_and_not_kept()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { More = ["--store-from", "198.51.100.0/24"] });
        await DnaCommand.RunAsync("put", "word", "hello", "-b", node.Address.ToString());
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "word", "-b", node.Address.ToString())).ExitCode);
        JsonElement status = await node.StatusAsync();
        Assert.Equal(0, status.GetProperty("store").GetProperty("values").GetInt32());
        Assert.True(status.GetProperty("counters").GetProperty("put_refused_not_allowed").GetInt64() > 0);
    }

    [Fact]
    public async Task A_month_that_is_nearly_used_up_is_remembered_and_turns_a_node_soft_and_a_higher_limit_ends_that()
    {
        string data = _folder.File("data"), large = new('x', 5_000), config = _folder.File("dna.toml");
        await using (DnaProcess before = await DnaProcess.StartAsync(new DnaOptions { Data = data }))
        {
            string at = before.Address.ToString();
            await DnaCommand.SucceedAsync("put", "large", large, "--type", "7d", "-b", at);
            await DnaCommand.SucceedAsync("put", "small", "y", "--type", "7d", "-b", at);
            Assert.Equal(0, await before.StopAsync());
        }

        string[] kept = (await File.ReadAllTextAsync(Path.Combine(data, "traffic"))).Split(' ');
        Assert.True(long.Parse(kept[1], CultureInfo.InvariantCulture) > large.Length, "the traffic was not kept");
        await File.WriteAllTextAsync(Path.Combine(data, "traffic"), $"{kept[0]} 1900000000\n");
        await File.WriteAllTextAsync(config, "limits.monthly_traffic = \"2GB\"\n");

        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data, More = ["--config", config] });
        await UntilSoftAsync(node, isSoft: true);
        // What health says is a second old at most.
        await Bounded.UntilAsync(async () => await TrafficHealthAsync(data) == "warning", TimeSpan.FromSeconds(60), "Health warns");
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "large", "-b", node.Address.ToString())).ExitCode);
        await DnaCommand.SucceedAsync("get", "small", "-b", node.Address.ToString());

        await File.WriteAllTextAsync(config, "limits.monthly_traffic = \"20GB\"\n");
        node.Signal("HUP");
        await UntilSoftAsync(node, isSoft: false);
        Assert.Contains(large, (await DnaCommand.SucceedAsync("get", "large", "-b", node.Address.ToString())).Text, StringComparison.Ordinal);
    }

    private static async Task<string?> TrafficHealthAsync(string data)
    {
        // A warning leaves a node ready.
        CommandResult health = await DnaCommand.SucceedAsync("healthcheck", "--data", data, "--json");
        JsonElement checks = JsonDocument.Parse(health.Text).RootElement.GetProperty("checks");
        return Assert.Single(checks.EnumerateArray(), check => check.GetProperty("name").GetString() == "traffic").GetProperty("state").GetString();
    }

    private static Task UntilSoftAsync(DnaProcess node, bool isSoft) => Bounded.UntilAsync(
        async () => (await node.StatusAsync()).GetProperty("traffic").GetProperty("soft").GetBoolean() == isSoft, TimeSpan.FromSeconds(60), $"soft is {isSoft}");
}
