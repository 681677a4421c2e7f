using BitFaster.Caching.Lru;

namespace Dna.Fast.Messenger;

/// <summary>One kind of records, kept for a while (DNA layer, section 16).</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Any thread. A hit takes no lock.</item>
/// <item>Single flight: of several readers of one key one searches and all get its answer. Each has its own deadline; a reader that leaves leaves the others alone, and the last one ends the search.</item>
/// <item>"Does not exist" is kept for <see cref="RegionOptions{T}.AbsentTtl"/>, and takes the entry out; "not known" is never kept and takes nothing out.</item>
/// <item>An older version never takes the place of a newer one: nodes answer with old copies.</item>
/// <item>Age is measured by the monotonic clock; only what lies in a file has a date.</item>
/// </list>
/// </remarks>
public sealed partial class CacheRegion<T> : CacheRegion
    where T : class
{
    /// <summary>Looks in the background on their way at a time; further ones wait for the next reader.</summary>
    public const int RefreshesMax = 8;

    /// <summary>Bytes that an entry costs beside its record: key, node, entry.</summary>
    private const int EntryOverhead = 256;

    /// <summary>Deadline of a look in the background.</summary>
    private static readonly TimeSpan RefreshDeadline = TimeSpan.FromSeconds(30);

    /// <summary>After a look in the background that failed nobody looks again for so long: a network that is away is not asked at every read.</summary>
    private static readonly TimeSpan RefreshPause = TimeSpan.FromSeconds(30);

    /// <summary>Ten years in milliseconds: no record lives longer than one.</summary>
    private const long TtlMaxMs = 10L * 365 * 24 * 60 * 60 * 1000;

    private readonly RegionOptions<T> _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentLru<string, CacheEntry<T>> _entries;
    private readonly CacheCounters _counters = new();
    private readonly CancellationToken _closing;
    private readonly Lock _gate = new();
    // All of these under the gate.
    private readonly Dictionary<string, CacheFlight<T>> _flights = [];
    private int _refreshes;
    private bool _isClosed;
    private long _bytes;
    private long _version;

    /// <param name="closing">Cancelled when the cache is closed.</param>
    internal CacheRegion(RegionOptions<T> options, TimeProvider time, CancellationToken closing)
        : base(options.Name, options.FileName)
    {
        _closing = closing;
        _options = options;
        _time = time;
        _entries = new ConcurrentLru<string, CacheEntry<T>>(concurrencyLevel: 1, options.EntriesMax, StringComparer.Ordinal);
        // Told under the gate, as nothing is put or taken out beside it.
        _entries.Events.Value!.ItemRemoved += (_, removed) =>
        {
            _bytes -= removed.Value!.Bytes;
            if (removed.Reason is BitFaster.Caching.ItemRemovedReason.Evicted or BitFaster.Caching.ItemRemovedReason.Trimmed) _counters.Add(CacheCount.Evicted);
        };
        _entries.Events.Value!.ItemUpdated += (_, updated) => _bytes -= updated.OldValue!.Bytes;
    }

    /// <inheritdoc/>
    public override RegionStatistics Statistics
    {
        get
        {
            long bytes;
            lock (_gate) bytes = _bytes;
            return new RegionStatistics
            {
                Name = Name,
                Entries = _entries.Count,
                EntriesMax = _options.EntriesMax,
                Bytes = bytes,
                BytesMax = _options.BytesMax,
                Overdue = _entries.Count(pair => IsOverdue(pair.Value)),
                Hits = _counters[CacheCount.Hits],
                StaleHits = _counters[CacheCount.StaleHits],
                AbsentHits = _counters[CacheCount.AbsentHits],
                Misses = _counters[CacheCount.Misses],
                Joined = _counters[CacheCount.Joined],
                Loads = _counters[CacheCount.Loads],
                LoadsFailed = _counters[CacheCount.LoadsFailed],
                OlderFound = _counters[CacheCount.OlderFound],
                RefreshesSkipped = _counters[CacheCount.RefreshesSkipped],
                Added = _counters[CacheCount.Added],
                Refreshed = _counters[CacheCount.Refreshed],
                Expired = _counters[CacheCount.Expired],
                Invalidated = _counters[CacheCount.Invalidated],
                Evicted = _counters[CacheCount.Evicted],
                Restored = _counters[CacheCount.Restored],
                Damaged = _counters[CacheCount.Damaged],
                FileFailures = _counters[CacheCount.FileFailures],
            };
        }
    }

    /// <summary>Looks in the background on their way.</summary>
    internal int RefreshesUnderWay
    {
        get
        {
            lock (_gate) return _refreshes;
        }
    }

    internal override long Version
    {
        get
        {
            lock (_gate) return _version;
        }
    }

    /// <summary>An entry that is here and in time; asks nobody.</summary>
    public bool TryGet(string key, out T? value)
    {
        value = _entries.TryGet(key, out CacheEntry<T>? entry) && !IsOverdue(entry) ? ValueOf(key, entry) : null;
        return value is not null;
    }

    /// <summary>Puts what the network has now, because we wrote it: searches that began before do not replace it.</summary>
    /// <param name="ttl">How long it is trusted; null: as the region says.</param>
    public void Put(string key, T value, TimeSpan? ttl = null)
    {
        CacheChangeKind kind;
        lock (_gate)
        {
            if (_isClosed) return;
            Outdate(key);
            kind = Store(key, value, ttl);
        }

        Tell(key, kind);
    }

    /// <inheritdoc/>
    public override void Invalidate(string key)
    {
        bool wasThere;
        lock (_gate)
        {
            Outdate(key);
            wasThere = Remove(key, CacheCount.Invalidated);
        }

        if (wasThere) Tell(key, CacheChangeKind.Invalidated);
    }

    /// <inheritdoc/>
    public override int Expire() => RemoveAll(IsOverdue, CacheCount.Expired, CacheChangeKind.Expired);

    /// <inheritdoc/>
    public override int Clear()
    {
        lock (_gate)
        {
            foreach (string key in _flights.Keys.ToArray()) Outdate(key);
        }

        return RemoveAll(_ => true, CacheCount.Invalidated, CacheChangeKind.Invalidated);
    }

    internal override void Close()
    {
        lock (_gate) _isClosed = true;
    }

    internal override IReadOnlyList<SavedEntry> Export()
    {
        DateTimeOffset now = _time.GetUtcNow();
        var saved = new List<SavedEntry>();
        long bytes = 0;
        foreach ((string key, CacheEntry<T> entry) in _entries)
        {
            TimeSpan age = entry.AgeAt(_time);
            // Either is null while the other changes places with it; then it was unpacked just now.
            byte[]? payload = entry.Packed ?? (entry.Value is { } value ? _options.Write!(value) : null);
            if (payload is null || age >= entry.Ttl && !_options.ServesOverdue) continue;
            // As text a record may be longer than in memory: what would not fit when it is read again is left out.
            if (bytes + payload.Length > _options.BytesMax) break;
            bytes += payload.Length;
            saved.Add(new SavedEntry(key, (now - age).ToUnixTimeMilliseconds(), (long)entry.Ttl.TotalMilliseconds, payload));
        }

        return saved;
    }

    internal override void Import(IReadOnlyList<SavedEntry> entries)
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            foreach (SavedEntry saved in entries)
            {
                long age = now - saved.CachedAtMs;
                // From the future: the clock was set back, and nobody knows how old it is.
                if (age < 0 || age >= saved.TtlMs && !_options.ServesOverdue || saved.TtlMs > TtlMaxMs) continue;
                int bytes = saved.Payload.Length + EntryOverhead + saved.Key.Length * sizeof(char);
                Add(saved.Key, new CacheEntry<T>(null, saved.Payload, bytes, _time.GetTimestamp(), TimeSpan.FromMilliseconds(age), TimeSpan.FromMilliseconds(saved.TtlMs)));
                _counters.Add(CacheCount.Restored);
            }
        }
    }

    internal override void CountFile(bool isDamaged) => _counters.Add(isDamaged ? CacheCount.Damaged : CacheCount.FileFailures);

    private bool IsOverdue(CacheEntry<T> entry) => entry.AgeAt(_time) >= entry.Ttl;

    private int RemoveAll(Func<CacheEntry<T>, bool> isOver, CacheCount count, CacheChangeKind kind)
    {
        var removed = new List<string>();
        foreach ((string key, CacheEntry<T> entry) in _entries.ToArray())
        {
            lock (_gate)
            {
                // Another thread may have put a newer one meanwhile.
                if (isOver(entry) && _entries.TryGet(key, out CacheEntry<T>? present) && ReferenceEquals(present, entry) && Remove(key, count)) removed.Add(key);
            }
        }

        foreach (string key in removed) Tell(key, kind);
        return removed.Count;
    }

    /// <summary>Under the gate.</summary>
    private CacheChangeKind Store(string key, T value, TimeSpan? ttl)
    {
        bool isNew = !_entries.TryGet(key, out CacheEntry<T>? present) || present.IsAbsent;
        Add(key, new CacheEntry<T>(value, packed: null, _options.Size(value) + EntryOverhead + key.Length * sizeof(char), _time.GetTimestamp(), TimeSpan.Zero, ttl ?? _options.Ttl));
        _version++;
        _counters.Add(isNew ? CacheCount.Added : CacheCount.Refreshed);
        return isNew ? CacheChangeKind.Added : CacheChangeKind.Refreshed;
    }

    /// <summary>Under the gate.</summary>
    private void StoreAbsent(string key)
    {
        if (_options.AbsentTtl <= TimeSpan.Zero) return;
        Add(key, new CacheEntry<T>(value: null, packed: null, EntryOverhead + key.Length * sizeof(char), _time.GetTimestamp(), TimeSpan.Zero, _options.AbsentTtl));
    }

    /// <summary>Under the gate. Others make room.</summary>
    private void Add(string key, CacheEntry<T> entry)
    {
        _bytes += entry.Bytes;
        _entries.AddOrUpdate(key, entry);
        while (_bytes > _options.BytesMax && _entries.Count > 0) _entries.Policy.Eviction.Value!.Trim(1);
    }

    /// <summary>Under the gate.</summary>
    private bool Remove(string key, CacheCount count)
    {
        if (!_entries.TryRemove(key)) return false;
        _version++;
        _counters.Add(count);
        return true;
    }

    /// <summary>Under the gate. What is searched for at this moment may be older than what is known from now on.</summary>
    private void Outdate(string key)
    {
        if (_flights.Remove(key, out CacheFlight<T>? flight)) flight.IsOutdated = true;
    }

    /// <summary>The record of an entry, unpacked when it came out of a file; null when it says that there is none, or was none.</summary>
    private T? ValueOf(string key, CacheEntry<T> entry)
    {
        if (entry.Value is { } value) return value;
        if (entry.Packed is not { } packed) return entry.Value;
        if (_options.Read!(key, packed) is { } unpacked)
        {
            entry.Unpack(unpacked);
            return unpacked;
        }

        _counters.Add(CacheCount.Damaged);
        Invalidate(key);
        return null;
    }
}
