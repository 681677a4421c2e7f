using System.Net;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>The suite, and what Linux's sockets do beyond it.</summary>
public sealed partial class LinuxWorkerTests() : WorkerConformance(SocketKind.Linux)
{
    private static readonly NodeAddress Any4 = NodeAddress.V4(0, 0);
    private static readonly NodeAddress Any6 = NodeAddress.From(new byte[16], 0);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("127.200.3.4")]
    public void Reply_of_a_wildcard_socket_leaves_from_the_address_asked(string asked)
    {
        using WorkerGroup group = Start(new TestHandler(), Any4, Any6);
        using var client = new TestClient();
        NodeAddress to = NodeAddress.From(IPAddress.Parse(asked).GetAddressBytes(), group.Bound[0].Port);
        Assert.Equal(to, client.Ask(to, [1]).From);
    }

    [Fact]
    public void Wildcard_socket_tells_which_address_was_asked()
    {
        using WorkerGroup group = Start(TestHandler.Recording(out var seen), Any4, Any6);
        using var client4 = new TestClient();
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        client4.Send(NodeAddress.V4(0x7F00_0005, group.Bound[0].Port), [4]);
        Wait.Until(() => seen.Count == 1, "IPv4");
        client6.Send(Loopback6.WithPort(group.Bound[1].Port), [6]);
        Wait.Until(() => seen.Count == 2, "IPv6");
        seen.TryRead(out Seen? v4);
        seen.TryRead(out Seen? v6);
        Assert.Equal((0UL, 0x7F00_0005UL, 1u), (v4!.From.Local.High, v4.From.Local.Low, v4.From.Local.Socket));
        Assert.Equal((0UL, 1UL, 2u), (v6!.From.Local.High, v6.From.Local.Low, v6.From.Local.Socket));
        Assert.NotEqual(0u, v6.From.Local.Interface);
    }

    [Fact]
    public void Wildcard_socket_sends_to_a_node_it_never_heard_of()
    {
        using var client = new TestClient();
        NodeAddress to = client.Address;
        bool sent = false;
        var handler = new TestHandler
        {
            OnTurn = (now, sink) =>
            {
                if (!sent) TestHandler.Echo(new Route(to, default), [8], sink);
                sent = true;
                return now.Ms + 60_000;
            },
        };
        using WorkerGroup group = Start(handler, Any4);
        Assert.Equal([8], client.Receive().Datagram);
    }

    [Fact]
    public void Socket_bound_to_one_address_carries_no_local_address()
    {
        using WorkerGroup group = Start(TestHandler.Recording(out var seen));
        using var client = new TestClient();
        client.Send(group.Bound[0], [1]);
        Wait.Until(() => seen.Count == 1, "a datagram");
        seen.TryRead(out Seen? first);
        Assert.Equal(new LocalAddress(0, 0, 0, 1), first!.From.Local);
    }

    [Fact]
    public void Senders_are_spread_over_the_workers()
    {
        TestHandler[] handlers = [new(), new()];
        using WorkerGroup group = Start(Options(), handlers);
        // 128 source ports all hashed to one of two sockets: once in 2^127.
        for (int i = 0; i < 128; i++)
        {
            using var client = new TestClient();
            client.Ask(group.Bound[0], [1]);
        }

        Assert.All(handlers, handler => Assert.True(handler.Received > 0));
    }

    [Fact]
    public void Socket_that_would_share_is_refused_like_any_other()
    {
        // Another program of this user that sets SO_REUSEPORT before it binds.
        using var stranger = LinuxUdpSocket.Open(Loopback4, isShared: true, out int error);
        Assert.Equal(0, error);
        OpenResult result = WorkerGroup.Open(Options() with { Port = stranger!.Bound.Port }, [new TestHandler(), new TestHandler()]);
        Assert.Equal(OpenStatus.AddressInUse, result.Status);
    }

    [Fact]
    public void Datagrams_the_kernel_dropped_are_counted()
    {
        using WorkerGroup group = Open(Options(), new TestHandler { OnReceive = (_, _, _, _) => { } });
        using var client = new TestClient();
        byte[] datagram = new byte[60_000];
        const int Sent = 2000;
        // 120 MB against a buffer of a few: the kernel must drop.
        for (int i = 0; i < Sent; i++) client.Send(group.Bound[0], datagram);
        group.Start();
        CounterSet counters = group.Counters[0];
        Wait.Until(() => counters[Counter.DropKernel] > 0 && counters[Counter.DropKernel] + counters[Counter.DatagramsIn] == Sent, "each is received or counted");
    }

    [Fact]
    public void Structures_have_the_sizes_and_offsets_of_64_bit_linux()
    {
        Assert.Equal(16, Marshal.SizeOf<IoVec>());
        Assert.Equal(64, Marshal.SizeOf<MMsgHdr>());
        Assert.Equal(8, Marshal.SizeOf<PollFd>());
        Assert.Equal(28, Marshal.SizeOf<SocketName>());
        Assert.Equal(16, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.Vectors)));
        Assert.Equal(24, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.VectorCount)));
        Assert.Equal(32, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.Control)));
        Assert.Equal(40, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.ControlLength)));
        Assert.Equal(48, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.Flags)));
        Assert.Equal(56, Marshal.OffsetOf<MMsgHdr>(nameof(MMsgHdr.MessageLength)));
        Assert.Equal(6, Marshal.OffsetOf<PollFd>(nameof(PollFd.Returned)));
    }
}
