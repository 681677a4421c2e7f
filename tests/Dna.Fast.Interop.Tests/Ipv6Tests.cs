using System.Net;
using System.Net.Sockets;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>The second family (wire specification, sections 1.1, 2 and 2.1).</summary>
public sealed class Ipv6Tests
{
    [Fact]
    public async Task A_stock_node_joins_over_IPv6_and_reads_what_it_wrote()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new() { Bind = ["::1"] });
        await using DhtNodeProcess writer = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString() });
        Assert.True((await writer.PutAsync("six", "hello")).Done);
        Assert.True(await writer.KnowsAsGoodAsync(node.Id));
        await using DhtNodeProcess reader = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString() });
        Assert.Contains("\"hello\"", Assert.Single(await reader.GetAsync("six")));
    }

    [Fact]
    public async Task Both_lists_come_when_both_are_wanted_and_the_own_family_when_nothing_is_said()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new() { Bind = ["127.0.0.1", "::1"] });
        IPEndPoint at4 = node.Addresses.Single(address => address.AddressFamily == AddressFamily.InterNetwork);
        IPEndPoint at6 = node.Addresses.Single(address => address.AddressFamily == AddressFamily.InterNetworkV6);
        await using DhtNodeProcess first = await DhtNodeProcess.StartAsync(new() { Bootstrap = at4.ToString() });
        await using DhtNodeProcess second = await DhtNodeProcess.StartAsync(new() { Bootstrap = at6.ToString() });
        await using Probe probe4 = new(), probe6 = new(IPAddress.IPv6Loopback);
        await Bounded.UntilAsync(
            async () =>
            {
                Packet both = await FindAsync(probe6, at6, [2, 10]);
                return both.Nodes("n4").Any(entry => entry.Id == first.Id) && both.Nodes("n6").Any(entry => entry.Id == second.Id);
            },
            TimeSpan.FromSeconds(40),
            "Both lists hold their nodes");

        Packet unsaid6 = await FindAsync(probe6, at6, null), unsaid4 = await FindAsync(probe4, at4, null), none = await FindAsync(probe4, at4, []);
        Assert.NotEmpty(unsaid6.Nodes("n6"));
        Assert.Empty(unsaid6.Nodes("n4"));
        Assert.Equal(IPAddress.IPv6Loopback.GetAddressBytes(), unsaid6["sa"]);
        Assert.NotEmpty(unsaid4.Nodes("n4"));
        Assert.Empty(unsaid4.Nodes("n6"));
        Assert.Equal(IPAddress.Loopback.GetAddressBytes(), unsaid4["sa"]);
        Assert.Empty(none.Nodes("n4"));

        static Task<Packet> FindAsync(Probe probe, IPEndPoint at, object[]? want) =>
            probe.AskAsync(at, "find", ("target", probe.IdBytes), ("w", want));
    }
}
