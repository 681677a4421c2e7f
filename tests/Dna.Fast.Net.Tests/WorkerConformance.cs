using System.Net;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>What every kind of socket does, over real loopback sockets. In this file: datagrams.</summary>
public abstract partial class WorkerConformance(SocketKind kind)
{
    protected static readonly NodeAddress Loopback4 = NodeAddress.From(IPAddress.Loopback.GetAddressBytes(), 0);
    protected static readonly NodeAddress Loopback6 = NodeAddress.From(IPAddress.IPv6Loopback.GetAddressBytes(), 0);

    protected NetOptions Options(params NodeAddress[] addresses) => new() { Addresses = addresses.Length == 0 ? [Loopback4] : addresses, Sockets = kind };

    private protected WorkerGroup Open(NetOptions options, params TestHandler[] handlers)
    {
        OpenResult result = WorkerGroup.Open(options, handlers);
        Assert.True(result.Status == OpenStatus.Opened, result.Message);
        return result.Group!;
    }

    private protected WorkerGroup Start(TestHandler handler, params NodeAddress[] addresses) => Start(Options(addresses), handler);

    private protected WorkerGroup Start(NetOptions options, params TestHandler[] handlers)
    {
        WorkerGroup group = Open(options, handlers);
        group.Start();
        return group;
    }

    private protected static byte[] Pattern(int bytes, int seed)
    {
        byte[] pattern = new byte[bytes];
        new Random(seed).NextBytes(pattern);
        return pattern;
    }

    [Fact]
    public void Datagram_over_ipv4_is_handed_over_with_its_source_and_answered()
    {
        using WorkerGroup group = Start(TestHandler.Recording(out var seen));
        using var client = new TestClient();
        client.Send(group.Bound[0], [1, 2, 3]);
        Wait.Until(() => seen.Count == 1, "a datagram");
        Assert.True(seen.TryRead(out Seen? first));
        Assert.Equal([1, 2, 3], first!.Datagram);
        Assert.Equal(client.Address, first.From.Remote);
        Assert.Equal(1u, first.From.Local.Socket);
    }

    [Fact]
    public void Both_families_answer_on_one_port()
    {
        using WorkerGroup group = Start(new TestHandler(), Loopback4, Loopback6);
        Assert.Equal(2, group.Bound.Count);
        Assert.NotEqual(0, group.Bound[0].Port);
        Assert.Equal(group.Bound[0].Port, group.Bound[1].Port);
        using var client4 = new TestClient();
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        (byte[] echo4, NodeAddress from4) = client4.Ask(group.Bound[0], [4]);
        (byte[] echo6, NodeAddress from6) = client6.Ask(group.Bound[1], [6]);
        Assert.Equal([4], echo4);
        Assert.Equal([6], echo6);
        Assert.Equal(group.Bound[0], from4);
        Assert.Equal(group.Bound[1], from6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(ReceiveBatch.InlineBytes)]
    [InlineData(ReceiveBatch.InlineBytes + 1)]
    [InlineData(9000)]
    [InlineData(WireLimits.DatagramBytesMax)]
    public void Datagram_comes_and_goes_whole(int bytes)
    {
        using WorkerGroup group = Start(new TestHandler());
        using var client = new TestClient();
        byte[] datagram = Pattern(bytes, bytes);
        Assert.Equal(datagram, client.Ask(group.Bound[0], datagram).Datagram);
    }

    [Fact]
    public void Large_and_small_datagrams_of_one_batch_keep_their_bytes_and_order()
    {
        using WorkerGroup group = Open(Options(), new TestHandler());
        using var client = new TestClient();
        byte[][] datagrams = [.. Enumerable.Range(0, 20).Select(i => Pattern(i % 3 == 0 ? 20_000 + i : 50 + i, i))];
        foreach (byte[] datagram in datagrams) client.Send(group.Bound[0], datagram);
        group.Start();
        foreach (byte[] datagram in datagrams) Assert.Equal(datagram, client.Receive().Datagram);
    }

    [Fact]
    public void Empty_datagram_is_handed_over_and_the_next_one_too()
    {
        using WorkerGroup group = Start(TestHandler.Recording(out var seen));
        using var client = new TestClient();
        client.Send(group.Bound[0], []);
        client.Send(group.Bound[0], [9]);
        Wait.Until(() => seen.Count == 2, "two datagrams");
        Assert.True(seen.TryRead(out Seen? first));
        Assert.Empty(first!.Datagram);
    }

    [Fact]
    public void More_datagrams_than_a_batch_are_all_answered_in_order_and_counted()
    {
        const int Count = 3 * UdpSocket.BatchMax + 7;
        using WorkerGroup group = Open(Options(), new TestHandler());
        using var client = new TestClient();
        for (int i = 0; i < Count; i++) client.Send(group.Bound[0], BitConverter.GetBytes(i));
        group.Start();
        for (int i = 0; i < Count; i++) Assert.Equal(i, BitConverter.ToInt32(client.Receive().Datagram));
        CounterSet counters = group.Counters[0];
        Wait.Until(() => counters[Counter.DatagramsOut] == Count, "all sent are counted");
        Assert.Equal(Count, counters[Counter.DatagramsIn]);
        Assert.Equal(4 * Count, counters[Counter.BytesIn]);
        Assert.Equal(4 * Count, counters[Counter.BytesOut]);
    }

    [Fact]
    public void Datagram_of_a_turn_leaves_by_the_first_socket_of_its_family()
    {
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        NodeAddress to = client6.Address;
        bool sent = false;
        var handler = new TestHandler
        {
            OnTurn = (now, sink) =>
            {
                if (!sent) TestHandler.Echo(new Route(to, default), [7, 7], sink);
                sent = true;
                return now.Ms + 60_000;
            },
        };
        using WorkerGroup group = Start(handler, Loopback4, Loopback6);
        (byte[] datagram, NodeAddress from) = client6.Receive();
        Assert.Equal([7, 7], datagram);
        Assert.Equal(group.Bound[1], from);
    }

    [Fact]
    public void Datagram_without_a_socket_of_its_family_is_dropped_and_counted()
    {
        var handler = new TestHandler { OnReceive = (_, from, datagram, sink) => TestHandler.Echo(new Route(Loopback6.WithPort(9), from.Local), datagram, sink) };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        client.Send(group.Bound[0], [1]);
        Wait.Until(() => group.Counters[0][Counter.DropNoSocket] == 1, "the drop");
    }

    [Fact]
    public void Sending_nothing_or_less_than_rented_is_right()
    {
        var handler = new TestHandler
        {
            OnReceive = (_, from, _, sink) =>
            {
                sink.Rent(100);
                sink.Send(from, 0);
                Span<byte> room = sink.Rent(60_000);
                room[0] = 5;
                sink.Send(from, 1);
                sink.Rent(10)[0] = 6;
                sink.Rent(10)[0] = 7;
                sink.Send(from, 1);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        Assert.Equal([5], client.Ask(group.Bound[0], [1]).Datagram);
        Assert.Equal([7], client.Receive().Datagram);
    }

    [Fact]
    public void Closed_ports_of_others_hurt_nobody()
    {
        NodeAddress closed;
        using (var gone = new TestClient()) closed = gone.Address;
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                for (int i = 0; i < 10; i++) TestHandler.Echo(new Route(closed, from.Local), datagram, sink);
                TestHandler.Echo(from, datagram, sink);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        for (int i = 0; i < 200; i++) Assert.Equal([(byte)i], client.Ask(group.Bound[0], [(byte)i]).Datagram);
    }

    [Fact]
    public void Datagram_the_system_refuses_is_counted_and_the_rest_of_the_batch_leaves()
    {
        // Broadcast without permission is refused on every system.
        NodeAddress broadcast = NodeAddress.V4(0xFFFF_FFFF, 9);
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                TestHandler.Echo(new Route(broadcast, from.Local), datagram, sink);
                TestHandler.Echo(from, datagram, sink);
                TestHandler.Echo(new Route(broadcast, from.Local), datagram, sink);
                TestHandler.Echo(from, datagram, sink);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        Assert.Equal([1], client.Ask(group.Bound[0], [1]).Datagram);
        Assert.Equal([1], client.Receive().Datagram);
        Wait.Until(() => group.Counters[0][Counter.DropSendRefused] == 2, "refusals are counted");
        Wait.Until(() => group.Counters[0][Counter.DatagramsOut] == 2, "the others are sent");
    }
}
