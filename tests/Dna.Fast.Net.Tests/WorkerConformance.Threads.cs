using Dna.Fast.Kademlia;
using Dna.Fast.Net.Tests.Kit;

namespace Dna.Fast.Net.Tests;

/// <content>Wakes, times, exceptions and the end.</content>
public abstract partial class WorkerConformance
{
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
