using System.Collections.Concurrent;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Messenger.Tests.Services;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Publishing;

public sealed class PublishQueueTests : ServiceTests, IDisposable
{
    private static readonly TimeSpan RealBound = TimeSpan.FromSeconds(60);
    private static readonly InfoHash Key = InfoHash.OfKey("a key");

    private readonly ConcurrentQueue<PublishProgress> _progress = [];
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dna-publish-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_record_is_published_and_its_result_says_by_how_many_nodes()
    {
        await using PublishQueue queue = Queue();
        PublishTicket ticket = queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1, 2]));
        PublishResult result = await EndOfAsync(ticket);
        Assert.Equal((PublishStatus.Published, ResultCode.Success, 8, 1), (result.Status, result.Report.Code, result.Report.Acknowledged, result.Tries));
        Assert.True(ticket.Id > 0);
        Assert.Equal([1, 2], Network.At(Key).Single().Newest.Data);
        await UntilAsync(() => _progress.Count == 3);
        Assert.Equal([PublishStage.Queued, PublishStage.Trying, PublishStage.Ended], _progress.Select(progress => progress.Stage));
    }

    [Fact]
    public async Task What_fails_is_tried_again_after_one_two_and_four_seconds_and_then_given_up()
    {
        await using PublishQueue queue = Queue(new PublishOptions { Chance = () => 0.5 });
        Network.IsUnreachable = true;
        PublishResult result = await EndOfAsync(queue.Add(PublishItem.Record("r", Key, TypeRegistry.Year, [1])));
        Assert.Equal((PublishStatus.Failed, ResultCode.NetworkError, 4), (result.Status, result.Report.Code, result.Tries));
        Assert.Equal([1, 2, 4], _progress.Where(progress => progress.Stage == PublishStage.Retrying).Select(progress => progress.Pause.TotalSeconds));
        Assert.Equal(3, queue.Statistics.Retries);
    }

    [Fact]
    public async Task A_network_that_comes_back_between_two_tries_takes_it()
    {
        await using PublishQueue queue = Queue();
        Network.IsUnreachable = true;
        int tries = 0;
        queue.Progressed += progress =>
        {
            if (progress.Stage == PublishStage.Retrying && Interlocked.Increment(ref tries) == 2) Network.IsUnreachable = false;
        };
        PublishResult result = await EndOfAsync(queue.Add(PublishItem.Record("r", Key, TypeRegistry.Year, [1])));
        Assert.Equal((PublishStatus.Published, 3), (result.Status, result.Tries));
    }

    [Fact]
    public async Task What_can_never_succeed_is_not_tried_again()
    {
        await using PublishQueue queue = Queue();
        PublishResult result = await EndOfAsync(queue.Add(PublishItem.Of("r", (_, _) => Task.FromResult(new PutReport(ResultCode.AlreadyExists, 0)))));
        Assert.Equal((PublishStatus.Failed, ResultCode.AlreadyExists, 1), (result.Status, result.Report.Code, result.Tries));
    }

    [Fact]
    public async Task A_service_that_throws_fails_its_item_and_no_other()
    {
        await using PublishQueue queue = Queue();
        PublishTicket bad = queue.Add(PublishItem.Of("bad", (_, _) => throw new InvalidOperationException("a bug")));
        PublishTicket good = queue.Add(PublishItem.Record("good", Key, TypeRegistry.Year, [1]));
        Assert.Equal((PublishStatus.Failed, ResultCode.GeneralError), ((await EndOfAsync(bad)).Status, (await EndOfAsync(bad)).Report.Code));
        Assert.Equal(PublishStatus.Published, (await EndOfAsync(good)).Status);
    }

    [Fact]
    public async Task So_many_items_wait_and_the_next_one_is_refused_at_once()
    {
        await using PublishQueue queue = Queue(new PublishOptions { ItemsMax = 3, DrainWithin = TimeSpan.Zero });
        var gate = new TaskCompletionSource<PutReport>();
        PublishTicket[] taken = [.. Enumerable.Range(0, 3).Select(i => queue.Add(PublishItem.Of($"r{i}", (_, token) => gate.Task.WaitAsync(token))))];
        PublishTicket refused = queue.Add(PublishItem.Record("r4", Key, TypeRegistry.Year, [1]));
        Assert.Equal(0, refused.Id);
        Assert.Equal(PublishStatus.QueueFull, (await refused.Result).Status);
        gate.SetResult(new PutReport(ResultCode.Success, 1));
        foreach (PublishTicket ticket in taken) await EndOfAsync(ticket);
        Assert.Equal(PublishStatus.Published, (await EndOfAsync(queue.Add(PublishItem.Record("r5", Key, TypeRegistry.Year, [1])))).Status);
        Assert.Equal(1, queue.Statistics.RefusedFull);
    }

    [Fact]
    public async Task Items_of_one_name_follow_one_another()
    {
        await using PublishQueue queue = Queue();
        PublishTicket[] tickets = [.. Enumerable.Range(0, 20).Select(i => queue.Add(PublishItem.Record("one", Key, TypeRegistry.Year, [(byte)i])))];
        foreach (PublishTicket ticket in tickets) await EndOfAsync(ticket);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), Network.At(Key).Single().Versions.Select(version => version.Data[0]));
    }

    [Fact]
    public async Task The_newest_replaces_those_that_were_not_tried_yet()
    {
        await using PublishQueue queue = Queue();
        var gate = new TaskCompletionSource<PutReport>();
        var begun = new TaskCompletionSource();
        PublishTicket first = queue.Add(PublishItem.Of("one", (_, _) =>
        {
            begun.SetResult();
            return gate.Task;
        }));
        await begun.Task.WaitAsync(RealBound);
        PublishTicket second = queue.Add(PublishItem.Record("one", Key, TypeRegistry.Year, [2]));
        PublishTicket third = queue.Add(PublishItem.Record("one", Key, TypeRegistry.Year, [3]) with { Replaces = true });
        Assert.Equal(PublishStatus.Cancelled, (await EndOfAsync(second)).Status);
        gate.SetResult(new PutReport(ResultCode.Success, 1));
        Assert.Equal(PublishStatus.Published, (await EndOfAsync(first)).Status);
        Assert.Equal(PublishStatus.Published, (await EndOfAsync(third)).Status);
        Assert.Equal([3], Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task A_cancelled_ticket_ends_at_once_whether_it_waits_or_is_under_way()
    {
        await using PublishQueue queue = Queue();
        var begun = new TaskCompletionSource();
        PublishTicket running = queue.Add(PublishItem.Of("one", async (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return default;
        }));
        PublishTicket waiting = queue.Add(PublishItem.Record("one", Key, TypeRegistry.Year, [1]));
        await begun.Task.WaitAsync(RealBound);
        waiting.Cancel();
        running.Cancel();
        Assert.Equal(PublishStatus.Cancelled, (await waiting.Result.WaitAsync(RealBound)).Status);
        Assert.Equal(PublishStatus.Cancelled, (await running.Result.WaitAsync(RealBound)).Status);
        running.Cancel();
        Assert.Equal(0, Network.Puts);
        Assert.Equal(2, queue.Statistics.Cancelled);
    }

    [Fact]
    public async Task A_kept_record_is_published_again_after_a_restart()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        Alice.Network.Dispose();
        Assert.Equal(0, Alice.Dht.Announced);
        TestClient again = Again(Alice, owner: 1);
        await using PublishQueue next = new(again.Network, Kept());
        await PassTimeUntilAsync(() => Network.At(Key).Single().Versions.Count == 2);
        Assert.Equal(1, again.Dht.Announced);
        Assert.Equal([1], Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task A_newer_version_of_another_device_is_not_written_over_by_a_kept_one()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        TestClient other = Again(Alice, owner: 1);
        await other.Network.PutOwnAsync(Key, TypeRegistry.Year, new byte[] { 2 }, other.Network.Within(Deadline), default);
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        await PassTimeUntilAsync(() => next.Statistics.Superseded == 1);
        Assert.Equal([2], Network.At(Key).Single().Newest.Data);
        Assert.Equal(0, next.Statistics.Kept);
    }

    [Fact]
    public async Task What_another_device_deleted_does_not_come_back()
    {
        await using (PublishQueue queue = Queue(Kept())) await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        await Alice.Dht.DeleteAsync(Key, 1, Deadline);
        await using PublishQueue next = new(Again(Alice, owner: 1).Network, Kept());
        await PassTimeUntilAsync(() => next.Statistics.Superseded == 1);
        Assert.Empty(Network.At(Key).Single().Newest.Data);
    }

    [Fact]
    public async Task A_kept_record_that_no_node_took_is_tried_until_one_does()
    {
        await using PublishQueue queue = Queue(Kept());
        Network.IsUnreachable = true;
        PublishTicket ticket = queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true));
        Assert.Equal(PublishStatus.Failed, (await EndOfAsync(ticket)).Status);
        Network.IsUnreachable = false;
        await PassTimeUntilAsync(() => Network.Puts == 1);
        Assert.Equal(1, queue.Statistics.Kept);
    }

    [Fact]
    public async Task What_is_not_to_be_kept_any_more_is_neither_announced_nor_published_again()
    {
        await using (PublishQueue queue = Queue(Kept()))
        {
            await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
            Assert.Equal(1, Alice.Dht.Announced);
            Assert.True(queue.StopKeeping("profile"));
            Assert.False(queue.StopKeeping("profile"));
            Assert.Equal(0, Alice.Dht.Announced);
        }

        await using PublishQueue next = new(Alice.Network, Kept());
        Assert.Equal(0, next.Statistics.Kept);
    }

    [Fact]
    public async Task A_damaged_list_of_kept_records_is_set_aside_and_counted()
    {
        Directory.CreateDirectory(_folder);
        string path = Kept().KeptFile!;
        File.WriteAllBytes(path, [1, 2, 3]);
        await using PublishQueue queue = Queue(Kept());
        Assert.Equal((1L, 0), (queue.Statistics.DamagedFiles, queue.Statistics.Kept));
        Assert.True(File.Exists(path + ".damaged"));
        await EndOfAsync(queue.Add(PublishItem.Record("profile", Key, TypeRegistry.Year, [1], isKept: true)));
        Assert.Single(KeptRecordFile.Read(File.ReadAllBytes(path))!);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

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

    private PublishQueue Queue(PublishOptions? options = null)
    {
        var queue = new PublishQueue(Alice.Network, options);
        queue.Progressed += _progress.Enqueue;
        return queue;
    }

    private PublishOptions Kept() => new() { KeptFile = Path.Combine(_folder, "kept") };

    private async Task<PublishResult> EndOfAsync(PublishTicket ticket)
    {
        await TestClient.PassTimeUntilAsync(ticket.Result, Time);
        return await ticket.Result;
    }

    private async Task PassTimeUntilAsync(Func<bool> holds)
    {
        for (long start = Environment.TickCount64; !holds() && Environment.TickCount64 - start < 60_000;)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True(holds());
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long start = Environment.TickCount64; !holds() && Environment.TickCount64 - start < 60_000;) await Task.Yield();
        Assert.True(holds());
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
