using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Proxy;

/// <summary>Values that are announced again and again for others: each for 24 hours, then its putter has to put it again.</summary>
/// <remarks>Any thread. Each source has its own under a key and id, so that nobody ends or replaces what another one announces. In memory: after a restart of the node, clients put theirs again, as they do with stock.</remarks>
internal sealed class PermanentPuts(IDht dht, ProxyFigures figures, TimeProvider time) : IDisposable
{
    /// <summary>As long as stock (section 9.5).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Bytes of them all, which lie in memory: a hundred thousand common values, and half of what a node of 128 MiB has left.</summary>
    public const int BytesMax = 32 << 20;

    /// <summary>Bytes of one source, where it has a limit of its own.</summary>
    public const int BytesPerSourceMax = BytesMax / 16;

    /// <summary>Between two looks for those whose time is over.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(InfoHash Key, ulong Id, SourcePrefix Source), Entry> _entries = [];
    private readonly SourceQuota _quota = new();
    private readonly SourceQuota _bytes = new();
    private ITimer? _looks;
    private bool _isOver;

    private sealed record Entry(IDisposable Announcement, long Stamp, int Bytes);

    /// <summary>Keys with such a value, and bytes of them all.</summary>
    public (int Keys, long Bytes) Figures
    {
        get
        {
            lock (_lock) return (_entries.Keys.Select(entry => entry.Key).Distinct().Count(), _entries.Values.Sum(entry => (long)entry.Bytes));
        }
    }

    /// <summary>Puts a value and announces it from now on; in the place of an earlier one of this key, id and source.</summary>
    /// <returns>The verdict; the answer of the first round counts only where it is Taken.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what was announced before still is.</exception>
    public async Task<(QuotaVerdict Verdict, PutAnswer Answer)> PutAsync(
        InfoHash key, ulong id, ReadOnlyMemory<byte> packed, SourcePrefix source, ProxyLimits limits, TimeSpan deadline, CancellationToken cancellation)
    {
        // Held while it is put, also beside the one it replaces: so that no number of puts at once gets beyond the limit. A renewal at the limit is let in.
        bool isRenewal = Contains((key, id, source));
        QuotaVerdict verdict = _quota.Take(source, limits.PermanentPuts + (isRenewal ? 1 : 0), limits.PermanentPutsPerSource + (isRenewal && limits.PermanentPutsPerSource > 0 ? 1 : 0));
        if (verdict != QuotaVerdict.Taken) return (verdict, default);
        verdict = _bytes.Take(source, BytesMax, limits.PermanentPutsPerSource > 0 ? BytesPerSourceMax : 0, packed.Length);
        if (verdict != QuotaVerdict.Taken)
        {
            _quota.Give(source);
            return (verdict, default);
        }

        PermanentPut? put = null;
        bool isKept = false;
        try
        {
            put = await dht.PutPermanentAsync(key, packed, deadline, cancellation).ConfigureAwait(false);
            // What the network does not take at all is no promise of ours; what it may take later is announced again.
            isKept = put.FirstRound.Status is not (PutAnswerStatus.Refused or PutAnswerStatus.Outdated) && Keep((key, id, source), new Entry(put, time.GetTimestamp(), packed.Length));
            return (verdict, put.FirstRound);
        }
        finally
        {
            if (!isKept)
            {
                put?.Dispose();
                _bytes.Give(source, packed.Length);
                _quota.Give(source);
            }
        }
    }

    /// <summary>Announces it no more, where it was announced: its putter put this key and id without wanting that.</summary>
    public void End(InfoHash key, ulong id, SourcePrefix source)
    {
        Entry? entry;
        lock (_lock) _entries.Remove((key, id, source), out entry);
        if (entry is not null) Forget(entry, source);
    }

    public void Dispose()
    {
        KeyValuePair<(InfoHash Key, ulong Id, SourcePrefix Source), Entry>[] entries;
        lock (_lock)
        {
            _isOver = true;
            entries = [.. _entries];
            _entries.Clear();
            _looks?.Dispose();
        }

        foreach ((var place, Entry entry) in entries) Forget(entry, place.Source);
    }

    private bool Contains((InfoHash Key, ulong Id, SourcePrefix Source) place)
    {
        lock (_lock) return _entries.ContainsKey(place);
    }

    private bool Keep((InfoHash Key, ulong Id, SourcePrefix Source) place, Entry entry)
    {
        Entry? before;
        lock (_lock)
        {
            if (_isOver) return false;
            _entries.Remove(place, out before);
            _entries.Add(place, entry);
            _looks ??= time.CreateTimer(_ => DropExpired(), null, LookInterval, LookInterval);
        }

        if (before is not null) Forget(before, place.Source);
        figures.PermanentPuts = _quota.All;
        return true;
    }

    private void DropExpired()
    {
        var expired = new List<(Entry Entry, SourcePrefix Source)>();
        lock (_lock)
        {
            foreach ((var place, Entry entry) in _entries.Where(entry => time.GetElapsedTime(entry.Value.Stamp) >= Lifetime).ToArray())
            {
                _entries.Remove(place);
                expired.Add((entry, place.Source));
            }
        }

        foreach ((Entry entry, SourcePrefix source) in expired)
        {
            figures.Add(ProxyCounter.PermanentExpired);
            Forget(entry, source);
        }
    }

    private void Forget(Entry entry, SourcePrefix source)
    {
        entry.Announcement.Dispose();
        _bytes.Give(source, entry.Bytes);
        _quota.Give(source);
        figures.PermanentPuts = _quota.All;
    }
}
