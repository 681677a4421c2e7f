namespace Dna.Fast.Messenger.Tests.Caching;

/// <content>Several readers of one key, and writers beside them.</content>
public sealed partial class CacheRegionTests
{
    [Fact]
    public async Task A_search_that_began_before_a_write_does_not_undo_it()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> reader = GetAsync(region, "k", (_, _) => gate.Task);
        region.Put("k", "written");
        gate.SetResult(Answer<string>.Of("read before"));
        await reader.WaitAsync(RealBound);
        Assert.True(region.TryGet("k", out string? kept));
        Assert.Equal("written", kept);
    }

    [Fact]
    public async Task A_search_that_began_before_an_invalidation_is_not_kept()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> reader = GetAsync(region, "k", (_, _) => gate.Task);
        region.Invalidate("k");
        gate.SetResult(Answer<string>.Of("read before"));
        Assert.Equal("read before", (await reader.WaitAsync(RealBound)).Value);
        Assert.False(region.TryGet("k", out _));
    }

    [Fact]
    public async Task Many_readers_of_one_key_search_once()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>>[] readers = [.. Enumerable.Range(0, 100).Select(_ => Task.Run(() => GetAsync(region, "k", (_, _) => gate.Task)))];
        await UntilAsync(() => region.Statistics.Joined == 99);
        gate.SetResult(Answer<string>.Of("v1"));
        Assert.All(await Task.WhenAll(readers).WaitAsync(RealBound), answer => Assert.Equal("v1", answer.Value));
        Assert.Equal(1, _loads);
        Assert.Equal((100, 1), (region.Statistics.Misses, region.Statistics.Loads));
    }

    [Fact]
    public async Task Who_needs_it_fresh_does_not_join_a_search_that_began_before()
    {
        CacheRegion<string> region = Region();
        var old = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> reader = GetAsync(region, "k", (_, _) => old.Task);
        Assert.Equal("new", (await GetAsync(region, "k", Found("new"), Freshness.Fresh)).Value);
        old.SetResult(Answer<string>.Of("old"));
        Assert.Equal("old", (await reader.WaitAsync(RealBound)).Value);
        Assert.True(region.TryGet("k", out string? kept));
        Assert.Equal("new", kept);
    }

    [Fact]
    public async Task A_reader_that_leaves_leaves_the_others_alone_and_the_last_one_ends_the_search()
    {
        CacheRegion<string> region = Region();
        var ended = new TaskCompletionSource();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        Task<Answer<string>> one = GetAsync(region, "k", Endless(ended), cancellation: first.Token);
        Task<Answer<string>> two = GetAsync(region, "k", Endless(ended), cancellation: second.Token);
        first.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(ended.Task.IsCompleted || two.IsCompleted);
        second.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await ended.Task.WaitAsync(RealBound);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task Each_reader_has_its_own_deadline()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> patient = GetAsync(region, "k", (_, _) => gate.Task);
        Task<Answer<string>> hasty = region.GetAsync("k", Freshness.Cached, (_, _) => gate.Task, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ResultCode.Timeout, (await hasty.WaitAsync(RealBound)).Code);
        gate.SetResult(Answer<string>.Of("v1"));
        Assert.Equal("v1", (await patient.WaitAsync(RealBound)).Value);
    }

    [Fact]
    public async Task Who_joined_a_search_with_less_time_searches_on()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> hasty = region.GetAsync("k", Freshness.Cached, (_, _) => gate.Task, TimeSpan.FromSeconds(1));
        Task<Answer<string>> patient = GetAsync(region, "k", Found("v1"));
        gate.SetResult(Answer<string>.No(ResultCode.Timeout));
        Assert.Equal(ResultCode.Timeout, (await hasty.WaitAsync(RealBound)).Code);
        Assert.Equal("v1", (await patient.WaitAsync(RealBound)).Value);
    }

    [Fact]
    public async Task An_error_in_a_search_reaches_all_who_asked_and_the_next_one_searches_again()
    {
        CacheRegion<string> region = Region();
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>>[] readers = [GetAsync(region, "k", (_, _) => gate.Task), GetAsync(region, "k", (_, _) => gate.Task)];
        gate.SetException(new InvalidOperationException("a bug"));
        foreach (Task<Answer<string>> reader in readers) await Assert.ThrowsAsync<InvalidOperationException>(() => reader.WaitAsync(RealBound));
        Assert.Equal("v1", (await GetAsync(region, "k", Found("v1"))).Value);
    }

    [Fact]
    public async Task A_closed_cache_ends_searches_and_begins_none()
    {
        CacheRegion<string> region = Region();
        var ended = new TaskCompletionSource();
        Task<Answer<string>> reader = GetAsync(region, "k", Endless(ended));
        _manager.Dispose();
        Assert.Equal(ResultCode.NotInitialized, (await reader.WaitAsync(RealBound)).Code);
        Assert.Equal(ResultCode.NotInitialized, (await GetAsync(region, "k", Found("v"))).Code);
        Assert.True(ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Readers_writers_and_invalidations_at_once_leave_true_numbers()
    {
        CacheRegion<string> region = _manager.Add(Options("busy") with { EntriesMax = 50, BytesMax = 30_000 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2000; i++)
            {
                string key = $"k{random.Next(100)}";
                int what = random.Next(10);
                if (what == 0) region.Put(key, new string('v', random.Next(1000)));
                else if (what == 1) region.Invalidate(key);
                else if (what == 2) region.Expire();
                else await region.GetAsync(key, Freshness.Cached, async (_, _) =>
                {
                    await Task.Yield();
                    return Answer<string>.Of(key);
                }, Deadline);
            }
        }))).WaitAsync(RealBound);
        Assert.InRange(region.Statistics.Bytes, 1, 30_000);
        region.Clear();
        Assert.Equal((0, 0L), (region.Statistics.Entries, region.Statistics.Bytes));
    }
}
