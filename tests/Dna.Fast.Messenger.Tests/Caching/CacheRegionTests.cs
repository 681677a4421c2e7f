using System.Collections.Concurrent;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Caching;

public sealed partial class CacheRegionTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RealBound = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly ConcurrentQueue<CacheChange> _changes = [];
    private readonly CacheManager _manager;
    private int _loads;

    public CacheRegionTests()
    {
        _manager = new CacheManager(_time);
        _manager.Changed += _changes.Enqueue;
    }

    public void Dispose() => _manager.Dispose();

    [Fact]
    public async Task What_was_read_is_not_read_again_while_it_is_trusted()
    {
        CacheRegion<string> region = Region();
        Assert.Equal("v1", (await GetAsync(region, "k", Found("v1"))).Value);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("v1", (await GetAsync(region, "k", Found("v2"))).Value);
        Assert.Equal(1, _loads);
        Assert.Equal((1, 1, 1), (region.Statistics.Hits, region.Statistics.Misses, region.Statistics.Loads));
        Assert.Equal([new CacheChange("test", "k", CacheChangeKind.Added)], _changes);
    }

    [Fact]
    public async Task What_is_due_is_answered_at_once_and_looked_for_in_the_background()
    {
        CacheRegion<string> region = Region();
        await GetAsync(region, "k", Found("v1"));
        _time.Advance(TimeSpan.FromSeconds(61));
        var gate = new TaskCompletionSource<Answer<string>>();
        Task<Answer<string>> stale = GetAsync(region, "k", (_, _) => gate.Task);
        Assert.True(stale.IsCompleted);
        Assert.Equal("v1", (await stale).Value);
        var refreshed = NextChange();
        gate.SetResult(Answer<string>.Of("v2"));
        Assert.Equal(CacheChangeKind.Refreshed, (await refreshed.WaitAsync(RealBound)).Kind);
        Assert.Equal("v2", (await GetAsync(region, "k", Found("v3"))).Value);
        Assert.Equal(1, region.Statistics.StaleHits);
    }

    [Fact]
    public async Task A_look_in_the_background_that_fails_is_not_repeated_at_once()
    {
        CacheRegion<string> region = Region();
        await GetAsync(region, "k", Found("v1"));
        _time.Advance(TimeSpan.FromSeconds(61));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("v1", (await GetAsync(region, "k", No(ResultCode.NetworkError))).Value);
            await UntilAsync(() => region.Statistics.LoadsFailed == 1 && region.RefreshesUnderWay == 0);
        }

        Assert.Equal(2, _loads);
        _time.Advance(TimeSpan.FromSeconds(31));
        await GetAsync(region, "k", No(ResultCode.NetworkError));
        await UntilAsync(() => region.Statistics.LoadsFailed == 2);
    }

    [Fact]
    public async Task What_is_over_is_read_again()
    {
        CacheRegion<string> region = Region();
        await GetAsync(region, "k", Found("v1"));
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.False(region.TryGet("k", out _));
        Assert.Equal("v2", (await GetAsync(region, "k", Found("v2"))).Value);
    }

    [Fact]
    public async Task What_is_over_is_answered_when_the_network_is_away_only_where_the_region_says_so()
    {
        CacheRegion<string> strict = Region();
        CacheRegion<string> lenient = _manager.Add(Options("lenient") with { ServesOverdue = true });
        foreach (CacheRegion<string> region in new[] { strict, lenient })
        {
            await GetAsync(region, "k", Found("v1"));
            _time.Advance(TimeSpan.FromSeconds(100));
        }

        Assert.Equal(ResultCode.NetworkError, (await GetAsync(strict, "k", No(ResultCode.NetworkError))).Code);
        Assert.Equal("v1", (await GetAsync(lenient, "k", No(ResultCode.Timeout))).Value);
        // Who must know asks the network, and is told that it is not known.
        Assert.Equal(ResultCode.Timeout, (await GetAsync(lenient, "k", No(ResultCode.Timeout), Freshness.Fresh)).Code);
        Assert.Equal(ResultCode.NotFound, (await GetAsync(lenient, "k", No(ResultCode.NotFound))).Code);
        Assert.Equal(ResultCode.NetworkError, (await GetAsync(lenient, "k", No(ResultCode.NetworkError), Freshness.Fresh)).Code);
    }

    [Fact]
    public async Task Absent_is_believed_for_a_moment_and_unreachable_never()
    {
        CacheRegion<string> region = Region();
        Assert.Equal(ResultCode.NetworkError, (await GetAsync(region, "k", No(ResultCode.NetworkError))).Code);
        Assert.Equal(ResultCode.Timeout, (await GetAsync(region, "k", No(ResultCode.Timeout))).Code);
        Assert.Equal(ResultCode.NotFound, (await GetAsync(region, "k", No(ResultCode.NotFound))).Code);
        Assert.Equal(3, _loads);
        Assert.Equal(ResultCode.NotFound, (await GetAsync(region, "k", Found("v1"))).Code);
        Assert.Equal(3, _loads);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("v1", (await GetAsync(region, "k", Found("v1"))).Value);
    }

    [Fact]
    public async Task A_search_that_finds_it_gone_takes_the_entry_out()
    {
        CacheRegion<string> region = Region();
        await GetAsync(region, "k", Found("v1"));
        await GetAsync(region, "k", No(ResultCode.NotFound), Freshness.Fresh);
        Assert.False(region.TryGet("k", out _));
        Assert.Equal(CacheChangeKind.Invalidated, _changes.Last().Kind);
    }

    [Fact]
    public async Task An_older_version_never_takes_the_place_of_a_newer_one()
    {
        CacheRegion<string> region = _manager.Add(Options("versions") with { IsNewer = (one, other) => string.CompareOrdinal(one, other) > 0 });
        region.Put("k", "v2");
        Assert.Equal("v2", (await GetAsync(region, "k", Found("v1"), Freshness.Fresh)).Value);
        Assert.True(region.TryGet("k", out string? kept));
        Assert.Equal("v2", kept);
        Assert.Equal(1, region.Statistics.OlderFound);
    }

    [Fact]
    public void Entries_and_bytes_are_bounded()
    {
        CacheRegion<string> few = _manager.Add(Options("few") with { EntriesMax = 10 });
        for (int i = 0; i < 1000; i++) few.Put($"k{i}", "v");
        Assert.InRange(few.Statistics.Entries, 1, 10);
        Assert.Equal(1000 - few.Statistics.Entries, few.Statistics.Evicted);

        CacheRegion<string> small = _manager.Add(Options("small") with { BytesMax = 100_000 });
        for (int i = 0; i < 1000; i++) small.Put($"k{i % 500}", new string('v', 1000));
        RegionStatistics statistics = small.Statistics;
        Assert.InRange(statistics.Bytes, 50_000, 100_000);
        Assert.InRange(statistics.Entries, 50, 99);
        small.Clear();
        Assert.Equal((0, 0L), (small.Statistics.Entries, small.Statistics.Bytes));
    }

    [Fact]
    public void What_is_larger_than_the_whole_region_is_not_kept()
    {
        CacheRegion<string> small = _manager.Add(Options("small") with { BytesMax = 1000 });
        small.Put("k", new string('v', 5000));
        Assert.Equal((0, 0L), (small.Statistics.Entries, small.Statistics.Bytes));
    }

    [Fact]
    public async Task Expiring_takes_out_what_is_over_and_says_so()
    {
        CacheRegion<string> region = Region();
        await GetAsync(region, "old", Found("v"));
        region.Put("long", "v", TimeSpan.FromDays(365));
        _time.Advance(TimeSpan.FromSeconds(100));
        await GetAsync(region, "new", Found("v"));
        Assert.Equal(1, region.Statistics.Overdue);
        Assert.Equal(1, _manager.Expire());
        Assert.Equal(new CacheChange("test", "old", CacheChangeKind.Expired), _changes.Last());
        Assert.True(region.TryGet("long", out _) && region.TryGet("new", out _));
        Assert.Equal((2, 1), (_manager.Statistics.Entries, region.Statistics.Expired));
    }

    [Fact]
    public void Invalidating_and_clearing_say_what_went()
    {
        CacheRegion<string> region = Region();
        region.Put("a", "v");
        region.Put("b", "v");
        region.Invalidate("a");
        region.Invalidate("nothing");
        Assert.Equal(1, _manager.Clear());
        Assert.Equal(
            [("a", CacheChangeKind.Added), ("b", CacheChangeKind.Added), ("a", CacheChangeKind.Invalidated), ("b", CacheChangeKind.Invalidated)],
            _changes.Select(change => (change.Key, change.Kind)));
    }

    private CacheRegion<string> Region() => _manager.Add(Options("test"));

    private static RegionOptions<string> Options(string name) => new()
    {
        Name = name,
        Ttl = TimeSpan.FromSeconds(100),
        RevalidateAfter = TimeSpan.FromSeconds(60),
        AbsentTtl = TimeSpan.FromSeconds(10),
        Size = text => text.Length,
    };

    private Task<Answer<string>> GetAsync(
        CacheRegion<string> region, string key, Func<TimeSpan, CancellationToken, Task<Answer<string>>> load, Freshness freshness = Freshness.Cached, CancellationToken cancellation = default) =>
        region.GetAsync(key, freshness, (left, token) =>
        {
            Interlocked.Increment(ref _loads);
            return load(left, token);
        }, Deadline, cancellation);

    private static Func<TimeSpan, CancellationToken, Task<Answer<string>>> Found(string value) => (_, _) => Task.FromResult(Answer<string>.Of(value));

    private static Func<TimeSpan, CancellationToken, Task<Answer<string>>> No(ResultCode code) => (_, _) => Task.FromResult(Answer<string>.No(code));

    /// <summary>A search that ends when it is cancelled only.</summary>
    private static Func<TimeSpan, CancellationToken, Task<Answer<string>>> Endless(TaskCompletionSource ended) => async (_, token) =>
    {
        var cancelled = new TaskCompletionSource();
        using (token.UnsafeRegister(_ => cancelled.TrySetResult(), null)) await cancelled.Task;
        ended.TrySetResult();
        throw new OperationCanceledException(token);
    };

    private Task<CacheChange> NextChange()
    {
        var next = new TaskCompletionSource<CacheChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        _manager.Changed += change => next.TrySetResult(change);
        return next.Task;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long start = Environment.TickCount64; !holds() && Environment.TickCount64 - start < 60_000;) await Task.Yield();
        Assert.True(holds());
    }
}
