using System.Collections.Concurrent;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Messenger.Tests.Services;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Publishing;

public sealed partial class PublishQueueTests : ServiceTests, IDisposable
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
}
