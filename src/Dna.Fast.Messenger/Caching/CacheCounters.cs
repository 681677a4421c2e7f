namespace Dna.Fast.Messenger;

/// <summary>What a region counts.</summary>
internal enum CacheCount
{
    Hits,
    StaleHits,
    AbsentHits,
    Misses,
    Joined,
    Loads,
    LoadsFailed,
    OlderFound,
    RefreshesSkipped,
    Added,
    Refreshed,
    Expired,
    Invalidated,
    Evicted,
    Restored,
    Damaged,
    FileFailures,
}

/// <summary>Counters of one region. Any thread.</summary>
internal sealed class CacheCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<CacheCount>().Length];

    public long this[CacheCount count] => Volatile.Read(ref _counts[(int)count]);

    public void Add(CacheCount count) => Interlocked.Increment(ref _counts[(int)count]);
}
