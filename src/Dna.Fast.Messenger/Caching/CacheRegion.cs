namespace Dna.Fast.Messenger;

/// <summary>A region of a cache, whatever it keeps.</summary>
public abstract class CacheRegion
{
    private protected CacheRegion(string name, string? fileName) => (Name, FileName) = (name, fileName);

    /// <summary>Told of changes, on the thread that made them and after it left all locks; of two threads' changes in any order. Must not throw, and must not wait.</summary>
    public event Action<CacheChange>? Changed;

    public string Name { get; }

    /// <summary>Null when it is kept in memory only.</summary>
    public string? FileName { get; }

    /// <summary>The region in numbers.</summary>
    public abstract RegionStatistics Statistics { get; }

    /// <summary>Takes an entry out, and keeps searches that began before from putting it back.</summary>
    public abstract void Invalidate(string key);

    /// <summary>Takes out the entries whose time is over.</summary>
    /// <returns>How many.</returns>
    public abstract int Expire();

    /// <summary>Takes all entries out; each is told as invalidated.</summary>
    /// <returns>How many.</returns>
    public abstract int Clear();

    /// <summary>Counts up with each change of what belongs into the file.</summary>
    internal abstract long Version { get; }

    /// <summary>What belongs into the file.</summary>
    internal abstract IReadOnlyList<SavedEntry> Export();

    /// <summary>Takes in what the file had.</summary>
    internal abstract void Import(IReadOnlyList<SavedEntry> entries);

    internal abstract void CountFile(bool isDamaged);

    /// <summary>Begins no more searches, and keeps what it has.</summary>
    internal abstract void Close();

    private protected void Tell(string key, CacheChangeKind kind) => Changed?.Invoke(new CacheChange(Name, key, kind));
}

/// <param name="CachedAtMs">When it was read from the network: milliseconds since 1970.</param>
/// <param name="TtlMs">How long it is trusted from then on.</param>
internal sealed record SavedEntry(string Key, long CachedAtMs, long TtlMs, byte[] Payload);
