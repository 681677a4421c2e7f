using Dna.Fast.Kademlia.Serving.Listening;
using Dna.Fast.Kademlia.Serving.Queries;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Who listens to what, and what they were told (section 7): the serving side.</summary>
/// <remarks>
/// Owner thread only. Changes are gathered and pushed by <see cref="Turn"/>: values are read from the store at that moment, and ids of one turn travel
/// together. A value a listener may know of is told gone once, whether the store says so or its time is over.
/// </remarks>
public sealed class ListenerTable
{
    /// <summary>A push with values is closed once their packed sizes reach this: 56 KiB (section 1.6).</summary>
    public const int PushBytes = 56 * 1024;

    /// <summary>Ids in one push: 9 bytes each at most, so that the datagram passes unfragmented wherever a fragment of values does.</summary>
    public const int IdsPerPushMax = 128;

    private readonly NodeContext _context;
    private readonly CounterSet _counters;
    private readonly ListenerIndex _index;
    private readonly ExpirySchedule _expiries;
    private readonly ChangePusher _changes;
    private readonly Pusher _pusher;
    private readonly ValueCollector _current = new(ServingLimits.FirstPushBytesMax);
    private readonly HashSet<ListenedKey> _changed = [];

    public ListenerTable(NodeContext context, CounterSet counters, IUpdateSender sender, ListenerLimits? limits = null)
    {
        _context = context;
        _counters = counters;
        _pusher = new Pusher(sender);
        _expiries = new ExpirySchedule(context.Store);
        _changes = new ChangePusher(context.Store, _pusher);
        _index = new ListenerIndex(limits ?? new ListenerLimits(), Unused);
    }

    /// <summary>Listeners now.</summary>
    public int Count => _index.Count;

    /// <summary>Told of every change under a key that was watched by <see cref="Watch"/>: for our own subscriptions to keys we store.</summary>
    public Action<InfoHash, ulong, ValueChange>? LocalChanged { get; set; }

    /// <summary>A listen with a good token (<see cref="INodeInbox.Listen"/>): renews a known socket, or adds it and pushes all current matches.</summary>
    public void Listen(in Route from, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query, in Instant now)
    {
        if (!QueryFilter.TryRead(query, out _)) return;
        var identity = new ListenerIdentity(id, from.Remote, key, socketId);
        Listener? known = _index.Find(identity);
        Listener listener = known ?? new Listener(identity);
        listener.Route = from;
        listener.Version = listenVersion;
        listener.ListenedMs = now.Ms;
        if (!query.SequenceEqual(listener.Query)) listener.Query = query.ToArray();
        if (known is not null)
        {
            _index.Renew(known);
            return;
        }

        if (!_index.HasRoom(from.Remote, key))
        {
            _counters.Add(Counter.DropListenerLimit);
            return;
        }

        // What waits to be pushed goes to those who listened before: the new one reads it in the store.
        ListenedKey entry = Open(key, now);
        if (_changed.Remove(entry)) Push(entry, now);
        if (_index.Add(listener, entry)) _counters.Add(Counter.DropListenerLimit);
        PushCurrent(listener, now);
    }

    /// <summary>A slot changed (<see cref="INodeInbox.Changed"/>); pushed by the next <see cref="Turn"/>.</summary>
    public void Changed(in InfoHash key, ulong valueId, ValueChange change)
    {
        if (_index.Find(key) is not { } entry) return;
        entry.Note(valueId, change);
        _changed.Add(entry);
    }

    /// <summary>Updates to this node went unanswered three times: all its listeners are dropped. May be called from within the sender.</summary>
    public void DropNode(in InfoHash id, in NodeAddress address) => _index.RemoveNode(id, address);

    /// <summary>Reports changes under <paramref name="key"/> to <see cref="LocalChanged"/>. Counted: one <see cref="Unwatch"/> for each.</summary>
    public void Watch(in InfoHash key, in Instant now) => Open(key, now).Watchers++;

    /// <summary>Takes one <see cref="Watch"/> back.</summary>
    public void Unwatch(in InfoHash key)
    {
        if (_index.Find(key) is not { Watchers: > 0 } entry) return;
        entry.Watchers--;
        _index.RemoveIfUnused(entry);
    }

    /// <summary>Pushes what changed, notices natural expiry, forgets listeners silent for 10 minutes.</summary>
    /// <returns>When to call again at the latest, in the milliseconds of <see cref="Instant.Ms"/>.</returns>
    public long Turn(in Instant now)
    {
        while (_index.Oldest is { } oldest && now.Ms - oldest.ListenedMs >= ListenerLimits.LifetimeMs) _index.Remove(oldest);
        while (_expiries.TryTakeDue(now.UnixMs) is { } due)
        {
            if (_expiries.NoteExpired(due, now.UnixMs)) _changed.Add(due);
        }

        if (_changed.Count > 0)
        {
            // A push may end in dropped listeners, and so in keys that leave the set.
            ListenedKey[] changed = [.. _changed];
            _changed.Clear();
            foreach (ListenedKey entry in changed) Push(entry, now);
        }

        long silence = _index.Oldest is { } next ? next.ListenedMs + ListenerLimits.LifetimeMs : long.MaxValue;
        long expiry = _expiries.NextDueUnixMs == long.MaxValue ? long.MaxValue : now.Ms + (_expiries.NextDueUnixMs - now.UnixMs);
        return Math.Min(silence, expiry);
    }

    private ListenedKey Open(in InfoHash key, in Instant now)
    {
        ListenedKey entry = _index.Get(key, out bool isNew);
        if (!isNew) return entry;

        // First the set, then the store: a put in between is told by the set, one before is seen in the store.
        _context.Listened.Add(key);
        _expiries.Fill(entry, now.UnixMs);
        return entry;
    }

    private void Push(ListenedKey entry, in Instant now)
    {
        if (entry.IsUnused) return;
        long expires = _changes.Push(entry, now.UnixMs, entry.Watchers > 0 ? LocalChanged : null);
        if (!entry.IsUnused) _expiries.Schedule(entry, expires, now.UnixMs);
    }

    private void PushCurrent(Listener listener, in Instant now)
    {
        _current.Begin(listener.Query);
        _context.Store.Read(listener.Identity.Key, now.UnixMs, _current);
        if (_current.IsCut) _counters.Add(Counter.ListensCut);
        _pusher.Values(listener, _current.Packed, _current.Sizes);
    }

    private void Unused(ListenedKey entry)
    {
        _context.Listened.Remove(entry.Key);
        _expiries.Remove(entry);
        _changed.Remove(entry);
    }
}
