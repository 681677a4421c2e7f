using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Listens to keys in the network, and takes an entry out of its cache when something new is stored under its key (DNA layer, section 16).</summary>
/// <remarks>
/// Any thread. Who was told of a change does not read the old version for the rest of its time. A listener that is lost is begun again, and its entry taken out, as a change may have been missed;
/// so nobody listens in vain for long. Anybody can store under a key: that costs searches, never a wrong answer. What is there at the beginning counts as new.
/// </remarks>
public sealed class CacheWatches : IDisposable
{
    /// <summary>Keys at a time, as many as the original's listeners (section 15.4).</summary>
    public const int WatchesMax = 1024;

    /// <summary>Before a lost listener is begun again: the first pause, which doubles, and the longest.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1), PauseMax = TimeSpan.FromMinutes(1);

    private readonly Func<InfoHash, CancellationToken, IAsyncEnumerable<SecureListenEvent>> _listen;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<(CacheRegion Region, string Key), CancellationTokenSource> _watches = [];
    private bool _isDisposed;

    public CacheWatches(RecordNetwork network)
        : this((key, cancellation) => network.Dht.ListenAsync(key, default, cancellation), network.Time)
    {
    }

    internal CacheWatches(Func<InfoHash, CancellationToken, IAsyncEnumerable<SecureListenEvent>> listen, TimeProvider time) => (_listen, _time) = (listen, time);

    /// <summary>Entries that are watched.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _watches.Count;
        }
    }

    /// <summary>Begins to watch an entry.</summary>
    /// <param name="key">Where its record is in the network (<see cref="DnaKeys"/>).</param>
    /// <param name="entry">Its key in the region.</param>
    /// <returns>False when it is watched already, when <see cref="WatchesMax"/> are, or after disposing.</returns>
    public bool Watch(InfoHash key, CacheRegion region, string entry)
    {
        CancellationToken ending;
        lock (_lock)
        {
            if (_isDisposed || _watches.Count == WatchesMax || _watches.ContainsKey((region, entry))) return false;
            var source = new CancellationTokenSource();
            _watches.Add((region, entry), source);
            ending = source.Token;
        }

        _ = Task.Run(() => ListenAsync(key, region, entry, ending), CancellationToken.None);
        return true;
    }

    /// <summary>Watches an entry no more.</summary>
    /// <returns>False when it was not watched.</returns>
    public bool Unwatch(CacheRegion region, string entry)
    {
        CancellationTokenSource? source;
        lock (_lock)
        {
            if (!_watches.Remove((region, entry), out source)) return false;
        }

        source.Cancel();
        source.Dispose();
        return true;
    }

    /// <summary>Ends all.</summary>
    public void Dispose()
    {
        CancellationTokenSource[] sources;
        lock (_lock)
        {
            _isDisposed = true;
            sources = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (CancellationTokenSource source in sources)
        {
            source.Cancel();
            source.Dispose();
        }
    }

    private async Task ListenAsync(InfoHash key, CacheRegion region, string entry, CancellationToken ending)
    {
        TimeSpan pause = PauseMin;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await foreach (SecureListenEvent change in _listen(key, ending).ConfigureAwait(false))
                {
                    pause = PauseMin;
                    // That a value lives longer changes nothing in it.
                    if (change.Change != ValueChange.Refreshed) region.Invalidate(entry);
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (ListenOverflowException)
            {
                // Begun again below.
            }

            region.Invalidate(entry);
            try
            {
                await Task.Delay(pause, _time, ending).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }
}
