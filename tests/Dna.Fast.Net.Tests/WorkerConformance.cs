using System.Net;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>What every kind of socket does, over real loopback sockets.</summary>
public abstract class WorkerConformance(SocketKind kind)
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
    public void Wake_of_another_thread_calls_turn()
    {
        int turns = 0;
        var handler = new TestHandler { OnTurn = (now, _) => { Interlocked.Increment(ref turns); return now.Ms + 3_600_000; } };
        using WorkerGroup group = Start(handler);
        for (int i = 0; i < 100; i++)
        {
            int before = Volatile.Read(ref turns);
            handler.Wake();
            Wait.Until(() => Volatile.Read(ref turns) > before, "a turn after a wake");
        }
    }

    [Fact]
    public void Work_posted_before_a_wake_is_seen_by_a_turn()
    {
        long posted = 0, done = 0;
        var handler = new TestHandler { OnTurn = (now, _) => { Volatile.Write(ref done, Volatile.Read(ref posted)); return now.Ms + 3_600_000; } };
        using WorkerGroup group = Start(handler);
        Action wake = handler.Wake;
        for (int i = 1; i <= 20_000; i++)
        {
            Volatile.Write(ref posted, i);
            wake();
            // Now and then let the worker fall asleep: the race of interest is a wake beside the end of a wait.
            if (i % 100 == 0) Wait.Until(() => Volatile.Read(ref done) == i, "the last post");
        }
    }

    [Fact]
    public void Turn_comes_again_at_the_time_it_asked_for()
    {
        var turns = new System.Collections.Concurrent.ConcurrentQueue<(long At, long Asked)>();
        var handler = new TestHandler { OnTurn = (now, _) => { turns.Enqueue((now.Ms, now.Ms + 30)); return now.Ms + 30; } };
        using WorkerGroup group = Start(handler);
        Wait.Until(() => turns.Count > 3, "turns by time alone");
        group.Stop(TestClient.Patience);
        (long At, long Asked)[] all = [.. turns];
        // Nothing but time calls it here, so it is never early.
        for (int i = 1; i < all.Length - 1; i++) Assert.True(all[i].At >= all[i - 1].Asked, $"turn {i} at {all[i].At}, asked for {all[i - 1].Asked}");
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
    public void Exception_of_a_handler_is_counted_and_reported_and_the_next_datagram_is_answered()
    {
        using var reported = new BlockingReport();
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                sink.Rent(10);
                if (datagram[0] == 0) throw new InvalidDataException("a bug");
                TestHandler.Echo(from, datagram, sink);
            },
        };
        using WorkerGroup group = Start(Options() with { HandlerFailed = reported.Add }, handler);
        using var client = new TestClient();
        client.Send(group.Bound[0], [0]);
        Assert.Equal([1], client.Ask(group.Bound[0], [1]).Datagram);
        Assert.Equal((0, "a bug"), reported.Take());
        Assert.Equal(1, group.Counters[0][Counter.HandlerFailures]);
    }

    [Fact]
    public void Exception_of_a_turn_is_counted_and_the_node_answers_on()
    {
        var handler = new TestHandler { OnTurn = (_, _) => throw new InvalidDataException("a bug") };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        Assert.Equal([1], client.Ask(group.Bound[0], [1]).Datagram);
        Assert.True(group.Counters[0][Counter.HandlerFailures] > 0);
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

    [Fact]
    public void Many_workers_on_one_port_answer_every_client()
    {
        TestHandler[] handlers = [new(), new(), new(), new()];
        using WorkerGroup group = Start(Options(Loopback4, Loopback6), handlers);
        Assert.Equal(2, group.Bound.Count);
        for (int i = 0; i < 64; i++)
        {
            using var client = new TestClient(i % 2 == 0 ? IPAddress.Loopback : IPAddress.IPv6Loopback);
            Assert.Equal([(byte)i], client.Ask(group.Bound[i % 2], [(byte)i]).Datagram);
        }

        Assert.Equal(64, handlers.Sum(handler => handler.Received));
    }

    [Fact]
    public void Port_of_another_socket_is_in_use()
    {
        using var other = new TestClient();
        OpenResult result = WorkerGroup.Open(Options() with { Port = other.Address.Port }, [new TestHandler()]);
        Assert.Equal(OpenStatus.AddressInUse, result.Status);
        Assert.Contains(other.Address.ToString(), result.Message, StringComparison.Ordinal);
        Assert.Null(result.Group);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    public void Port_of_another_node_is_in_use_whatever_the_workers(int first, int second)
    {
        using WorkerGroup group = Start(Options(), [.. Enumerable.Range(0, first).Select(_ => new TestHandler())]);
        OpenResult result = WorkerGroup.Open(Options() with { Port = group.Bound[0].Port }, [.. Enumerable.Range(0, second).Select(_ => new TestHandler())]);
        Assert.Equal(OpenStatus.AddressInUse, result.Status);
    }

    [Fact]
    public void Port_taken_on_one_family_leaves_nothing_bound_on_the_other()
    {
        using var other = new TestClient(IPAddress.IPv6Loopback);
        NetOptions options = Options(Loopback4, Loopback6) with { Port = other.Address.Port };
        Assert.Equal(OpenStatus.AddressInUse, WorkerGroup.Open(options, [new TestHandler()]).Status);
        using WorkerGroup alone = Open(Options(Loopback4) with { Port = other.Address.Port }, new TestHandler());
        Assert.Equal(other.Address.Port, alone.Bound[0].Port);
    }

    [Fact]
    public void Address_of_another_host_is_not_available()
    {
        NodeAddress foreign = NodeAddress.From(IPAddress.Parse("192.0.2.1").GetAddressBytes(), 0);
        Assert.Equal(OpenStatus.AddressNotAvailable, WorkerGroup.Open(Options(foreign), [new TestHandler()]).Status);
    }

    [Fact]
    public void Repeated_address_is_bound_once()
    {
        using WorkerGroup group = Open(Options(Loopback4, Loopback4), new TestHandler());
        Assert.Single(group.Bound);
    }

    [Fact]
    public void Wildcards_of_both_families_share_a_port()
    {
        using WorkerGroup group = Start(new TestHandler(), NodeAddress.V4(0, 0), NodeAddress.From(new byte[16], 0));
        using var client4 = new TestClient();
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        Assert.Equal([4], client4.Ask(Loopback4.WithPort(group.Bound[0].Port), [4]).Datagram);
        Assert.Equal([6], client6.Ask(Loopback6.WithPort(group.Bound[0].Port), [6]).Datagram);
    }

    [Fact]
    public void After_stop_the_port_is_free_and_wakes_do_nothing()
    {
        var handler = new TestHandler();
        WorkerGroup group = Start(handler);
        Action wake = handler.Wake;
        Assert.True(group.Stop(TestClient.Patience));
        wake();
        wake();
        using WorkerGroup next = Open(Options() with { Port = group.Bound[0].Port }, new TestHandler());
        group.Dispose();
    }

    [Fact]
    public void Group_that_never_started_closes()
    {
        WorkerGroup group = Open(Options(), new TestHandler(), new TestHandler());
        group.Dispose();
        using WorkerGroup next = Open(Options() with { Port = group.Bound[0].Port }, new TestHandler());
    }

    [Fact]
    public void Stop_does_not_wait_forever_for_a_handler()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var handler = new TestHandler
        {
            OnReceive = (_, _, _, _) =>
            {
                entered.Set();
                release.Wait();
            },
        };
        WorkerGroup group = Start(handler);
        using var client = new TestClient();
        client.Send(group.Bound[0], [1]);
        Assert.True(entered.Wait(TestClient.Patience));
        Assert.False(group.Stop(TimeSpan.FromMilliseconds(50)));
        release.Set();
    }

    [Fact]
    public async Task Replies_written_before_stop_leave()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                TestHandler.Echo(from, datagram, sink);
                entered.Set();
                release.Wait();
            },
        };
        WorkerGroup group = Start(handler);
        using var client = new TestClient();
        client.Send(group.Bound[0], [3]);
        Assert.True(entered.Wait(TestClient.Patience));
        Task<bool> stopped = Task.Run(() => group.Stop(TestClient.Patience));
        release.Set();
        Assert.True(await stopped);
        Assert.Equal([3], client.Receive().Datagram);
    }

    [Fact]
    public void Opening_without_handler_or_address_is_a_bug()
    {
        Assert.Throws<ArgumentException>(() => WorkerGroup.Open(Options(), []));
        Assert.Throws<ArgumentException>(() => WorkerGroup.Open(Options() with { Addresses = [] }, [new TestHandler()]));
    }

    /// <summary>Keeps what was reported.</summary>
    private sealed class BlockingReport : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<(int, string)> _reports = [];

        public void Add(int worker, Exception failure) => _reports.Add((worker, failure.Message));

        public (int Worker, string Message) Take() =>
            _reports.TryTake(out (int, string) report, TestClient.Patience) ? report : throw new TimeoutException("no report");

        public void Dispose() => _reports.Dispose();
    }
}
