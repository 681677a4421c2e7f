namespace Dna.Fast.Messenger;

/// <summary>How one region of a cache keeps its entries.</summary>
public sealed record RegionOptions<T>
    where T : class
{
    /// <summary>Its name in statistics and events.</summary>
    public required string Name { get; init; }

    /// <summary>How long an entry is trusted.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>From this age on a reader gets the entry and a newer one is looked for in the background. Not below zero; at or above <see cref="Ttl"/>: never.</summary>
    public required TimeSpan RevalidateAfter { get; init; }

    /// <summary>How long is believed that something does not exist, after nodes said so. Zero: not at all.</summary>
    public TimeSpan AbsentTtl { get; init; }

    /// <summary>True answers with an entry whose time is over when the network cannot be reached (section 16 has it so for profiles).</summary>
    public bool ServesOverdue { get; init; }

    /// <summary>The most entries; at least 3.</summary>
    public int EntriesMax { get; init; } = 1024;

    /// <summary>The most bytes all entries may have together.</summary>
    public long BytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes one entry has in memory, about.</summary>
    public required Func<T, int> Size { get; init; }

    /// <summary>True when the first is a newer version than the second; null where records have no versions: then whatever was read last counts.</summary>
    public Func<T, T, bool>? IsNewer { get; init; }

    /// <summary>The file of the region in the manager's folder; null keeps it in memory only.</summary>
    public string? FileName { get; init; }

    /// <summary>An entry's bytes for the file.</summary>
    public Func<T, byte[]>? Write { get; init; }

    /// <summary>An entry out of the file's bytes, checked as if a stranger had written them; null when it is none.</summary>
    public Func<string, ReadOnlyMemory<byte>, T?>? Read { get; init; }
}
