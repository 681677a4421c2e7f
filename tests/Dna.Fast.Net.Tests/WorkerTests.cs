using Dna.Fast.Kademlia;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>The worker's loop, step by step, with sockets, waiter and clock of the test.</summary>
public sealed class WorkerTests : IDisposable
{
    private static readonly Route Peer = new(NodeAddress.V4(0xC000_0201, 4000), new LocalAddress(0, 0, 0, 1));

    private readonly TwinSocket[] _sockets = [new(), new()];
    private readonly TwinWaiter _waiter = new(2);
    private readonly ManualClock _clock = new();
    private Worker? _worker;

    [Fact]
    public void Blocked_socket_receives_nothing_until_its_replies_left()
    {
        _sockets[0].Credit = 1;
        for (int i = 0; i < 3; i++) _sockets[0].Inbox.Enqueue(new Seen(Peer, [(byte)i]));
        Start(new TestHandler());
        _waiter.Readable[0] = true;
        _waiter.Step();
        Assert.Single(_sockets[0].Sent);
        Assert.Equal((false, true), _waiter.Watched[0]);
        Assert.Equal((true, false), _waiter.Watched[1]);

        _sockets[0].Inbox.Enqueue(new Seen(Peer, [3]));
        _waiter.Step();
        Assert.Single(_sockets[0].Inbox);

        _sockets[0].Credit = int.MaxValue;
        _waiter.Writable[0] = true;
        _waiter.Step();
        Assert.Equal((true, false), _waiter.Watched[0]);
        _waiter.Step();
        Assert.Equal([0, 1, 2, 3], _sockets[0].Sent.Select(sent => (int)sent.Datagram[0]));
    }

    [Fact]
    public void Blocked_socket_does_not_hold_up_the_other()
    {
        _sockets[0].Credit = 0;
        _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        Start(new TestHandler());
        _waiter.Readable[0] = true;
        _waiter.Step();
        _sockets[1].Inbox.Enqueue(new Seen(Peer with { Local = Peer.Local with { Socket = 2 } }, [2]));
        _waiter.Readable[1] = true;
        _waiter.Step();
        Assert.Equal([2], Assert.Single(_sockets[1].Sent).Datagram);
    }

    [Fact]
    public void Flood_on_one_socket_does_not_starve_the_other()
    {
        for (int i = 0; i < 50 * UdpSocket.BatchMax; i++) _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        _sockets[1].Inbox.Enqueue(new Seen(Peer with { Local = Peer.Local with { Socket = 2 } }, [2]));
        Start(new TestHandler());
        _waiter.Readable[0] = _waiter.Readable[1] = true;
        _waiter.Step();
        Assert.Single(_sockets[1].Sent);
        Assert.Equal(UdpSocket.BatchMax, _sockets[0].Sent.Count);
    }

    [Fact]
    public void Full_batch_is_followed_by_a_look_without_waiting()
    {
        for (int i = 0; i < UdpSocket.BatchMax + 1; i++) _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        Start(new TestHandler());
        _waiter.Readable[0] = true;
        _waiter.Step();
        Assert.Equal(0, _waiter.TimeoutMs);
        _waiter.Step();
        Assert.NotEqual(0, _waiter.TimeoutMs);
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(1000, 1000)]
    [InlineData(1_000_000, 1000)]
    public void Wait_lasts_until_the_turn_is_due_at_most_a_second(long due, int waited)
    {
        Start(new TestHandler { OnTurn = (now, _) => now.Ms + due });
        Assert.Equal(waited, _waiter.TimeoutMs);
    }

    [Fact]
    public void Turn_due_never_waits_a_second()
    {
        Start(new TestHandler { OnTurn = (_, _) => long.MaxValue });
        Assert.Equal(1000, _waiter.TimeoutMs);
    }

    [Fact]
    public void One_reading_of_the_clock_serves_a_batch_and_its_turn()
    {
        var times = new List<long>();
        var handler = new TestHandler
        {
            OnReceive = (now, _, _, _) => times.Add(now.Ms),
            OnTurn = (now, _) => { times.Add(now.Ms); return now.Ms + 100; },
        };
        for (int i = 0; i < 3; i++) _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        Start(handler);
        _waiter.Readable[0] = true;
        int before = _clock.Reads;
        _clock.Ms = 55;
        times.Clear();
        _waiter.Step();
        Assert.Equal(before + 1, _clock.Reads);
        Assert.Equal([55, 55, 55, 55], times);
    }

    [Fact]
    public void Turn_that_throws_is_tried_again_after_a_pause()
    {
        Start(new TestHandler { OnTurn = (_, _) => throw new InvalidDataException("a bug") });
        Assert.Equal(100, _waiter.TimeoutMs);
        Assert.Equal(1, _worker!.Counters[Counter.HandlerFailures]);
    }

    [Fact]
    public void Failures_are_all_counted_and_told_once_a_second()
    {
        int told = 0;
        var handler = new TestHandler { OnReceive = (_, _, _, _) => throw new InvalidDataException("a bug") };
        for (int i = 0; i < 10; i++) _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        Start(handler, (_, _) => { told++; throw new InvalidOperationException("a bug in the report"); });
        _waiter.Readable[0] = true;
        _waiter.Step();
        Assert.Equal(1, told);
        Assert.Equal(11, _worker!.Counters[Counter.HandlerFailures]);
        _clock.Ms += 1000;
        _sockets[0].Inbox.Enqueue(new Seen(Peer, [1]));
        _waiter.Step();
        Assert.Equal(2, told);
    }

    [Fact]
    public void Housekeeping_comes_once_a_second()
    {
        _sockets[0].Drops = 1;
        Start(new TestHandler());
        _waiter.Step();
        Assert.Equal(1, _worker!.Counters[Counter.DropKernel]);
        _sockets[0].Drops = 5;
        _waiter.Step();
        Assert.Equal(1, _worker.Counters[Counter.DropKernel]);
        _clock.Ms += 1000;
        _waiter.Step();
        Assert.Equal(5, _worker.Counters[Counter.DropKernel]);
    }

    public void Dispose()
    {
        _worker!.Stop();
        if (_worker.Join(TestClient.Patience)) _worker.Close();
    }

    private void Start(TestHandler handler, Action<int, Exception>? failed = null)
    {
        var options = new NetOptions { Addresses = [], Clock = _clock, HandlerFailed = failed };
        _worker = new Worker(0, _sockets, _waiter, handler, options);
        _worker.Start();
        _waiter.AwaitIdle();
    }

    private sealed class ManualClock : IClock
    {
        public long Ms { get; set; } = 10;

        public int Reads { get; private set; }

        public Instant Now
        {
            get
            {
                Reads++;
                return new Instant(Ms, Ms);
            }
        }
    }
}
