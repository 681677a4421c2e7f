namespace Dna.Fast.Messenger;

/// <summary>One region of a cache in numbers. A snapshot; counts are since the start of the program.</summary>
public sealed record RegionStatistics
{
    public required string Name { get; init; }

    /// <summary>Entries now, with those that say that something does not exist.</summary>
    public required int Entries { get; init; }

    public required int EntriesMax { get; init; }

    /// <summary>Bytes of the entries now, as their region reckons them.</summary>
    public required long Bytes { get; init; }

    public required long BytesMax { get; init; }

    /// <summary>Of the entries those whose time is over and that still lie there.</summary>
    public required int Overdue { get; init; }

    /// <summary>Answered from here, and not due for another look.</summary>
    public required long Hits { get; init; }

    /// <summary>Answered from here while a newer copy was looked for, or because the network could not be reached.</summary>
    public required long StaleHits { get; init; }

    /// <summary>Answered from here that it does not exist.</summary>
    public required long AbsentHits { get; init; }

    /// <summary>Not here: the network was asked, or somebody who was asking it already.</summary>
    public required long Misses { get; init; }

    /// <summary>Of the misses those that waited for somebody else's search.</summary>
    public required long Joined { get; init; }

    /// <summary>Searches of the network, in the background too.</summary>
    public required long Loads { get; init; }

    /// <summary>Searches that ended without knowing: unreachable, too late, or only what is not genuine.</summary>
    public required long LoadsFailed { get; init; }

    /// <summary>Searches that found an older version than the one that is here: it stays.</summary>
    public required long OlderFound { get; init; }

    /// <summary>Looks in the background that were not taken, as too many were on their way.</summary>
    public required long RefreshesSkipped { get; init; }

    public required long Added { get; init; }

    public required long Refreshed { get; init; }

    public required long Expired { get; init; }

    public required long Invalidated { get; init; }

    /// <summary>Made room for others.</summary>
    public required long Evicted { get; init; }

    /// <summary>Read from the file of the region.</summary>
    public required long Restored { get; init; }

    /// <summary>Entries of its file that were no records of their kind, or not genuine; and whole files that were set aside.</summary>
    public required long Damaged { get; init; }

    /// <summary>Files that could not be read or written.</summary>
    public required long FileFailures { get; init; }
}

/// <summary>All regions of a cache in numbers.</summary>
public sealed record CacheStatistics(IReadOnlyList<RegionStatistics> Regions)
{
    public int Entries => Regions.Sum(region => region.Entries);

    public long Bytes => Regions.Sum(region => region.Bytes);

    public int Overdue => Regions.Sum(region => region.Overdue);

    public long Hits => Regions.Sum(region => region.Hits + region.StaleHits + region.AbsentHits);

    public long Misses => Regions.Sum(region => region.Misses);
}
