using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>Finding each other on a local network without being told an address (wire specification, section 9.4).</summary>
public sealed class DiscoveryTests
{
    private static readonly TimeSpan FindTime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_stock_node_and_ours_find_each_other_whoever_comes_first_and_another_network_is_left_alone()
    {
        await using PrivateNetwork network = await PrivateNetwork.StartAsync();
        await using DhtNodeProcess early = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4301, Prefix = network.Prefix });
        await using DnaProcess node = await DnaProcess.StartAsync(Ours(network, 4302));
        await using DhtNodeProcess late = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4303, Prefix = network.Prefix });
        await using DhtNodeProcess foreign = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4304, Network = 9, Prefix = network.Prefix });
        await Bounded.UntilAsync(() => early.KnowsAsGoodAsync(node.Id), FindTime, "The earlier stock node knows us as good");
        await Bounded.UntilAsync(() => late.KnowsAsGoodAsync(node.Id), FindTime, "The later stock node knows us as good");
        await Bounded.UntilAsync(
            async () => (await node.StatusAsync()).GetProperty("ipv4").GetProperty("good").GetInt32() == 2, FindTime, "We know both as good");
        Assert.DoesNotContain(await foreign.LookupRoutingAsync(), line => line.Contains(node.Id.ToString(), StringComparison.Ordinal));
    }

    private static DnaOptions Ours(PrivateNetwork network, int port) => new()
    {
        Bind = ["0.0.0.0"],
        Port = port,
        More = ["--peer-discovery"],
        Prefix = network.Prefix,
    };
}
