using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>Finding each other on a local network without being told an address (wire specification, section 9.4).</summary>
public sealed class DiscoveryTests
{
    private static readonly TimeSpan FindTime = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stock_node_and_ours_find_each_other_whoever_comes_first_and_another_network_is_left_alone()
    {
        await using PrivateNetwork network = await PrivateNetwork.StartAsync();
        await using DhtNodeProcess early = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4301, Prefix = network.Prefix });
        await using DnaProcess node = await DnaProcess.StartAsync(Ours(network, 4302));
        await using DhtNodeProcess late = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4303, Prefix = network.Prefix });
        await using DhtNodeProcess foreign = await DhtNodeProcess.StartAsync(new() { Discovers = true, Port = 4304, Network = 9, Prefix = network.Prefix });
        // A stock node asks a newcomer at its own pace, minutes later at times, and shows it as good only then: to have heard from us is what it owes us.
        await Bounded.UntilAsync(() => early.HasHeardFromAsync(node.Id), FindTime, "The earlier stock node has heard from us");
        await Bounded.UntilAsync(() => late.HasHeardFromAsync(node.Id), FindTime, "The later stock node has heard from us");
        await Bounded.UntilAsync(
            async () => (await node.StatusAsync()).GetProperty("ipv4").GetProperty("good").GetInt32() == 2, FindTime, "We know both as good");
        Assert.DoesNotContain(await foreign.LookupRoutingAsync(), line => line.Contains(node.Id.ToString(), StringComparison.Ordinal));
        // We serve IPv4 only here, so nobody may be told of an IPv6 address of ours.
        Assert.DoesNotContain(await early.LookupRoutingAsync(), line => line.Contains(node.Id + " [", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_missed_our_first_words_and_never_asks_still_hears_of_us()
    {
        await using PrivateNetwork network = await PrivateNetwork.StartAsync();
        await using DnaProcess node = await DnaProcess.StartAsync(Ours(network, 4302));
        string[] command = [.. network.Prefix, "python3", "-c", Eavesdropper];
        await using ChildProcess listener = ChildProcess.Start(command[0], command.Skip(1), "apt-get install python3");
        (int Number, string Line)? heard = await listener.Output.WaitAsync(0, line => line.Contains(node.Id.ToString(), StringComparison.Ordinal), FindTime);
        Assert.True(heard is not null, "Nothing heard:\n" + listener.Output.Tail() + listener.Errors.Tail());
    }

    /// <summary>Joins the group and prints what it hears, in hexadecimal.</summary>
    private const string Eavesdropper =
        """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", 8888))
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.192.0.1") + socket.inet_aton("0.0.0.0"))
        for _ in range(20):
            print(s.recv(1500).hex(), flush=True)
        """;

    private static DnaOptions Ours(PrivateNetwork network, int port) => new()
    {
        Bind = ["0.0.0.0"],
        Port = port,
        More = ["--peer-discovery"],
        Prefix = network.Prefix,
    };
}
