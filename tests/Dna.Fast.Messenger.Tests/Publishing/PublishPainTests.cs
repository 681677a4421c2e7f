using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Publishing;

/// <content>What the original lost when it published.</content>
public sealed partial class PublishQueueTests
{
    [Fact]
    public async Task Pain_5_what_is_on_its_way_is_published_before_the_program_ends_and_each_put_has_an_outcome()
    {
        PublishQueue queue = Queue();
        PublishTicket[] tickets = [.. Enumerable.Range(0, 50).Select(i => queue.Add(PublishItem.Record($"r{i}", InfoHash.OfKey($"key {i}"), TypeRegistry.Year, [1])))];
        Task<DrainReport> drained = queue.DrainAsync(TimeSpan.FromDays(1));
        await TestClient.PassTimeUntilAsync(drained, Time);
        Assert.Equal(50, Network.Puts);
        Assert.Equal(new DrainReport(50, 0, 0), await drained with { Published = tickets.Length });
        foreach (PublishTicket ticket in tickets) Assert.Equal((PublishStatus.Published, 8), ((await ticket.Result).Status, (await ticket.Result).Report.Acknowledged));
        Assert.Equal(PublishStatus.Cancelled, (await queue.Add(PublishItem.Record("late", Key, TypeRegistry.Year, [1])).Result).Status);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Pain_18_the_publisher_announces_until_it_is_told_to_stop()
    {
        await using PublishQueue queue = Queue();
        await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.SevenDays, [1], isKept: true)));
        Assert.Equal(1, Alice.Dht.Announced);
        queue.StopKeeping("profile");
        Assert.Equal(0, Alice.Dht.Announced);
    }

    [Fact]
    public async Task Pain_19_puts_wait_until_the_network_is_there()
    {
        var readiness = new FakeReadiness();
        await using PublishQueue queue = Queue(new PublishOptions { Readiness = readiness });
        PublishTicket ticket = queue.Add(PublishItem.Record("r", Key, TypeRegistry.Year, [1]));
        await readiness.Asked.WaitAsync(RealBound);
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(ticket.Result.IsCompleted);
        readiness.Ready();
        Assert.Equal((PublishStatus.Published, 1), ((await EndOfAsync(ticket)).Status, (await ticket.Result).Tries));
    }

    [Fact]
    public async Task Pain_20_after_a_start_without_peers_kept_records_are_published_when_peers_appear()
    {
        await using (PublishQueue queue = Queue(Kept()))
        {
            for (int i = 0; i < 3; i++) await EndOfAsync(queue.Add(PublishItem.Record($"r{i}", InfoHash.OfKey($"key {i}"), TypeRegistry.Year, [1], isKept: true)));
        }

        Network.IsUnreachable = true;
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        int gets = Network.Gets;
        await PassTimeUntilAsync(() => Network.Gets >= gets + 6);
        Network.IsUnreachable = false;
        await PassTimeUntilAsync(() => Network.Puts == 6);
    }

    [Fact]
    public async Task Pain_23_a_try_has_a_deadline_that_grows_with_its_size()
    {
        await using PublishQueue queue = Queue();
        var deadlines = new List<TimeSpan>();
        await EndOfAsync(queue.Add(PublishItem.Of("r", (within, _) =>
        {
            deadlines.Add(within);
            return Task.FromResult(new PutReport(ResultCode.Success, 1));
        })));
        Assert.Equal([TimeSpan.FromSeconds(10)], deadlines);
        Assert.Equal(TimeSpan.FromSeconds(70), PublishQueue.DeadlineOf(60 * 1024));
    }

    [Fact]
    public async Task Pain_24_a_burst_of_puts_is_paced_and_few_are_on_their_way_at_a_time()
    {
        var options = new PublishOptions { InFlightMax = 3, Burst = 4, Pace = TimeSpan.FromSeconds(1) };
        await using PublishQueue queue = Queue(options);
        int inFlight = 0, most = 0, begun = 0;
        PublishTicket[] tickets = [.. Enumerable.Range(0, 30).Select(i => queue.Add(PublishItem.Of($"r{i}", async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref inFlight));
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            Interlocked.Increment(ref begun);
            return new PutReport(ResultCode.Success, 1);
        })))];
        // Four at once, then one a second: the clock moves only here.
        for (int second = 0; second <= 26; second++)
        {
            int due = 4 + second;
            await UntilAsync(() => Volatile.Read(ref begun) >= due);
            Assert.Equal(due, Volatile.Read(ref begun));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (PublishTicket ticket in tickets) Assert.Equal(PublishStatus.Published, (await ticket.Result.WaitAsync(RealBound)).Status);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Pain_24_failures_slow_the_queue_down_and_successes_make_it_fast_again()
    {
        await using PublishQueue queue = Queue(new PublishOptions { RetryPauses = [] });
        TimeSpan pace = queue.Statistics.Pace;
        Network.IsUnreachable = true;
        for (int i = 0; i < 10; i++) await EndOfAsync(queue.Add(PublishItem.Record($"r{i}", Key, TypeRegistry.Year, [1])));
        Assert.Equal(TimeSpan.FromSeconds(5), queue.Statistics.Pace);
        Network.IsUnreachable = false;
        for (int i = 0; i < 10; i++) await EndOfAsync(queue.Add(PublishItem.Record($"r{i}", Key, TypeRegistry.Year, [1])));
        Assert.Equal(pace, queue.Statistics.Pace);
    }

    [Fact]
    public async Task Pain_26_a_put_that_is_late_is_tried_again_and_its_success_is_told()
    {
        await using PublishQueue queue = Queue();
        Network.IsLate = true;
        queue.Progressed += progress =>
        {
            if (progress.Stage == PublishStage.Retrying) Network.IsLate = false;
        };
        PublishResult result = await EndOfAsync(queue.Add(PublishItem.Record("r", Key, TypeRegistry.Year, [1])));
        Assert.Equal((PublishStatus.Published, 2, 8), (result.Status, result.Tries, result.Report.Acknowledged));
    }

    [Fact]
    public async Task Pain_30_a_queue_that_cannot_be_drained_stops_within_its_bound_and_gives_up_the_rest()
    {
        PublishQueue queue = Queue();
        var never = new TaskCompletionSource<PutReport>();
        // One that does not listen to its token.
        PublishTicket deaf = queue.Add(PublishItem.Of("deaf", (_, _) => never.Task));
        PublishTicket waiting = queue.Add(PublishItem.Record("deaf", Key, TypeRegistry.Year, [1]));
        Task<DrainReport> drained = queue.DrainAsync(TimeSpan.FromSeconds(5));
        await TestClient.PassTimeUntilAsync(drained, Time);
        Assert.Equal(new DrainReport(0, 0, 2), await drained);
        Assert.Equal(PublishStatus.Cancelled, (await deaf.Result).Status);
        Assert.Equal(PublishStatus.Cancelled, (await waiting.Result).Status);
        await TestClient.PassTimeUntilAsync(queue.DisposeAsync().AsTask(), Time);
        never.SetResult(default);
    }

    [Fact]
    public async Task Pain_39_what_is_too_large_is_an_error_before_anything_is_sent()
    {
        await using PublishQueue queue = Queue();
        PublishResult result = await EndOfAsync(queue.Add(PublishItem.Record("wall", Key, TypeRegistry.Year, new byte[RecordLimits.ValueDataBytesMax + 1])));
        Assert.Equal((PublishStatus.InvalidParameters, ResultCode.OutOfMemory, 0), (result.Status, result.Report.Code, result.Tries));
        Assert.Equal((0, 0), (Network.Puts, Network.Gets));
        Assert.Equal(PublishStatus.InvalidParameters, (await queue.Add(PublishItem.Record("", Key, TypeRegistry.Year, [1])).Result).Status);
        Assert.Equal(2, queue.Statistics.RefusedInvalid);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); seen < value;)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private sealed class FakeReadiness : IReadiness
    {
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsReady => _ready.Task.IsCompleted;

        public Task Asked => _asked.Task;

        public void Ready() => _ready.SetResult();

        public Task WhenReadyAsync(CancellationToken cancellation = default)
        {
            _asked.TrySetResult();
            return _ready.Task.WaitAsync(cancellation);
        }
    }
}
