using System.Runtime.InteropServices;
using Dna.Fast.Kademlia.Serving.Queries;
using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>Tells the listeners of a key what changed: new values are read from the store now, ids of refreshed and lost ones travel together. Owner thread.</summary>
internal sealed class ChangePusher(IValueStore store, Pusher pusher) : IValueVisitor
{
    /// <summary>Values are pushed in batches of this many bytes or values, so that one turn with many changes holds no more memory than a reply.</summary>
    private const int BatchBytes = 4 * ListenerTable.PushBytes;
    private const int BatchValues = ServingLimits.ValuesPerReplyMax / 2;

    private readonly ValueCollector _values = new();
    private readonly List<ulong> _refreshed = [];
    private readonly List<ulong> _gone = [];
    private readonly List<(ulong Id, ValueChange Change)> _told = [];
    private readonly List<Listener> _targets = [];
    private long _expiresUnixMs;

    /// <summary>Pushes and clears <see cref="ListenedKey.Changes"/>, brings <see cref="ListenedKey.Known"/> up to date.</summary>
    /// <param name="local">Told too, last; or null.</param>
    /// <returns>The earliest expiry of what changed and lives, in milliseconds since 1970 UTC.</returns>
    public long Push(ListenedKey entry, long nowUnixMs, Action<Wire.InfoHash, ulong, ValueChange>? local)
    {
        Begin(entry);
        long earliest = long.MaxValue;
        foreach ((ulong id, ValueChange change) in entry.Changes)
        {
            if (_values.Packed.Length >= BatchBytes || _values.Count >= BatchValues) PushValues();

            // What was reported gone may be back: the threads that report are several.
            bool isValue = change != ValueChange.Refreshed;
            if (store.ReadOne(entry.Key, id, nowUnixMs, isValue ? _values : this))
            {
                long expires = isValue ? _values.LastExpiresUnixMs : _expiresUnixMs;
                entry.Known[id] = expires;
                earliest = Math.Min(earliest, expires);
                if (!isValue) _refreshed.Add(id);
                _told.Add((id, isValue ? ValueChange.Stored : ValueChange.Refreshed));
            }
            else if (entry.Known.Remove(id))
            {
                _gone.Add(id);
                _told.Add((id, ValueChange.Gone));
            }
        }

        entry.Changes.Clear();
        PushValues();
        PushIds();
        if (local is null) return earliest;
        foreach ((ulong id, ValueChange change) in _told.ToArray()) local(entry.Key, id, change);
        return earliest;
    }

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _expiresUnixMs = slot.ExpiresUnixMs;
        return false;
    }

    private void Begin(ListenedKey entry)
    {
        _values.Begin([]);
        _refreshed.Clear();
        _gone.Clear();
        _told.Clear();
        _targets.Clear();
        _targets.AddRange(entry.Listeners);
    }

    private void PushValues()
    {
        if (_values.Count == 0) return;
        _targets.RemoveAll(target => !pusher.Matching(target, _values.Packed, _values.Sizes));
        _values.Begin([]);
    }

    private void PushIds()
    {
        ReadOnlySpan<ulong> refreshed = CollectionsMarshal.AsSpan(_refreshed), gone = CollectionsMarshal.AsSpan(_gone);
        foreach (Listener target in _targets)
        {
            if (pusher.Ids(target, refreshed: true, refreshed)) pusher.Ids(target, refreshed: false, gone);
        }
    }
}
