using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Who listens to what, and what they were told (section 7): the serving side.</summary>
/// <remarks>
/// Owner thread only. Changes are gathered and pushed by <see cref="Turn"/>. A listener that would be one too many is refused, and not put in an older one's
/// place: an honest listener renews every half minute and keeps its place against a flood.
/// </remarks>
public sealed class ListenerTable
{
    /// <summary>A push with values is closed once their packed sizes reach this: 56 KiB (section 1.6).</summary>
    public const int PushBytes = 56 * 1024;

    /// <summary>Ids in one push: 9 bytes each at most, so that the datagram passes unfragmented wherever a fragment of values does.</summary>
    public const int IdsPerPushMax = 128;

    /// <summary>Listeners in all: about 300 bytes each.</summary>
    public const int ListenersMax = 131_072;

    /// <summary>Listeners of one key: each put under it costs a datagram to each of them.</summary>
    public const int ListenersPerKeyMax = 4_096;

    /// <summary>Sockets of one node under one key: a stock node opens one for each of its queries.</summary>
    public const int SocketsPerNodeAndKeyMax = 16;

    /// <summary>A listener is kept this long after its last listen (section 7): 10 min.</summary>
    public const long ListenerAgeMsMax = 10 * 60_000;

    /// <summary>What a new listener is sent of the values already there. Its token proved its address, so this is no reflection.</summary>
    public const int FirstPushBytesMax = 8 << 20;

    /// <summary>Silent listeners are looked for this often.</summary>
    private const long SweepMs = 60_000;

    private readonly NodeContext _context;
    private readonly CounterSet _counters;
    private readonly ListenerPusher _pusher;
    private readonly Dictionary<InfoHash, ListenedKey> _keys = [];
    private readonly Dictionary<InfoHash, HashSet<ListenedKey>> _keysOf = [];
    private readonly HashSet<ListenedKey> _dirty = [];
    private readonly PriorityQueue<(InfoHash Key, ulong ValueId), long> _expiries = new();
    private readonly PushList _values = new();
    private long _sweepMs = long.MinValue;

    public ListenerTable(NodeContext context, CounterSet counters, IUpdateSender sender)
    {
        _context = context;
        _counters = counters;
        _pusher = new ListenerPusher(sender);
    }

    /// <summary>Listeners now.</summary>
    public int Count { get; private set; }

    /// <summary>Told of every change under a key that was watched by <see cref="Watch"/>: for our own subscriptions to keys we store.</summary>
    public Action<InfoHash, ulong, ValueChange>? LocalChanged { get; set; }

    /// <summary>A listen with a good token (<see cref="INodeInbox.Listen"/>): renews a known socket, or adds it and pushes all current matches.</summary>
    public void Listen(in Route from, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query, in Instant now)
    {
        if (_keys.TryGetValue(key, out ListenedKey? listened) && listened.Listeners.TryGetValue((id, socketId), out Listener? known))
        {
            known.Route = from;
            known.Version = listenVersion;
            known.ListenedMs = now.Ms;
            if (!query.SequenceEqual(known.Query)) known.Query = query.ToArray();
            return;
        }

        if (!HasRoom(listened, id))
        {
            _counters.Add(Counter.DropListenerLimit);
            return;
        }

        listened = GetOrAdd(key, now);
        listened.Add(new Listener { Node = id, SocketId = socketId, Route = from, Version = listenVersion, Query = query.ToArray(), ListenedMs = now.Ms });
        if (!_keysOf.TryGetValue(id, out HashSet<ListenedKey>? keys)) _keysOf.Add(id, keys = []);
        keys.Add(listened);
        _dirty.Add(listened);
        Count++;
    }

    /// <summary>A slot changed (<see cref="INodeInbox.Changed"/>); pushed by the next <see cref="Turn"/>.</summary>
    public void Changed(in InfoHash key, ulong valueId, ValueChange change)
    {
        if (!_keys.TryGetValue(key, out ListenedKey? listened)) return;
        listened.Note(valueId, change);
        _dirty.Add(listened);
        if (listened.Watchers > 0) LocalChanged?.Invoke(key, valueId, change);
    }

    /// <summary>Updates to this node went unanswered three times: all its listeners at this address are dropped.</summary>
    public void DropNode(in InfoHash id, in NodeAddress address)
    {
        if (!_keysOf.TryGetValue(id, out HashSet<ListenedKey>? keys)) return;
        InfoHash node = id;
        NodeAddress at = address;
        foreach (ListenedKey listened in keys.ToList()) Remove(listened, l => l.Node == node && l.Route.Remote == at);
    }

    /// <summary>Reports changes under <paramref name="key"/> to <see cref="LocalChanged"/>. Counted: one <see cref="Unwatch"/> for each.</summary>
    public void Watch(in InfoHash key, in Instant now) => GetOrAdd(key, now).Watchers++;

    public void Unwatch(in InfoHash key)
    {
        if (!_keys.TryGetValue(key, out ListenedKey? listened)) return;
        listened.Watchers--;
        RemoveIfUnused(listened);
    }

    /// <summary>Pushes what changed, notices natural expiry, forgets listeners silent for 10 minutes.</summary>
    /// <returns>When to call again at the latest, in the milliseconds of <see cref="Instant.Ms"/>.</returns>
    public long Turn(in Instant now)
    {
        if (_keys.Count == 0) return long.MaxValue;
        if (now.Ms >= _sweepMs) Sweep(now.Ms);
        Expire(now);
        if (_dirty.Count > 0)
        {
            foreach (ListenedKey listened in _dirty) Push(listened, now);
            _dirty.Clear();
        }

        if (!_expiries.TryPeek(out _, out long expiryUnixMs)) return _sweepMs;
        return Math.Min(_sweepMs, now.Ms + Math.Max(1, expiryUnixMs - now.UnixMs));
    }

    private bool HasRoom(ListenedKey? listened, InfoHash id)
    {
        if (Count >= ListenersMax) return false;
        if (listened is null) return true;
        return listened.Listeners.Count < ListenersPerKeyMax && listened.Sockets.GetValueOrDefault(id) < SocketsPerNodeAndKeyMax;
    }

    private ListenedKey GetOrAdd(in InfoHash key, in Instant now)
    {
        if (_keys.TryGetValue(key, out ListenedKey? listened)) return listened;
        listened = new ListenedKey(key);
        _keys.Add(key, listened);
        if (_keys.Count == 1) _sweepMs = now.Ms + SweepMs;
        // From here on the packet threads report changes; what is there now is read after, so that nothing falls between.
        _context.Listened.Add(key);
        Learn(listened, now);
        return listened;
    }

    // Which values are there and when they end.
    private void Learn(ListenedKey listened, in Instant now)
    {
        _values.Clear();
        _values.BytesMax = FirstPushBytesMax;
        _context.Store.Read(listened.Key, now.UnixMs, _values);
        for (int i = 0; i < _values.Count; i++) Track(listened, _values.Slot(i));
    }

    private void Track(ListenedKey listened, in SlotInfo slot)
    {
        if (slot.ExpiresUnixMs == long.MaxValue) return;
        listened.ExpiryUnixMs[slot.ValueId] = slot.ExpiresUnixMs;
        _expiries.Enqueue((listened.Key, slot.ValueId), slot.ExpiresUnixMs);
    }

    private void Expire(in Instant now)
    {
        while (_expiries.TryPeek(out (InfoHash Key, ulong ValueId) entry, out long due) && due <= now.UnixMs)
        {
            _expiries.Dequeue();
            // An entry of an earlier lifetime, or of a key nobody listens to any more, means nothing.
            if (!_keys.TryGetValue(entry.Key, out ListenedKey? listened) || listened.ExpiryUnixMs.GetValueOrDefault(entry.ValueId, long.MaxValue) != due) continue;
            listened.ExpiryUnixMs.Remove(entry.ValueId);
            Changed(entry.Key, entry.ValueId, ValueChange.Gone);
        }
    }

    private void Push(ListenedKey listened, in Instant now)
    {
        ReadChanges(listened, now);
        foreach (Listener listener in listened.Listeners.Values)
        {
            if (!listener.IsNew) _pusher.PushChanges(listener, listened, _values);
        }

        if (listened.HasNewListener)
        {
            Learn(listened, now);
            foreach (Listener listener in listened.Listeners.Values)
            {
                if (!listener.IsNew) continue;
                listener.IsNew = false;
                _pusher.PushAll(listener, listened.Key, _values);
            }

            listened.HasNewListener = false;
        }

        listened.Changes.Clear();
    }

    // The bytes of new values and the new expiry of refreshed ones.
    private void ReadChanges(ListenedKey listened, in Instant now)
    {
        _values.Clear();
        _values.BytesMax = int.MaxValue;
        foreach ((ulong valueId, ValueChange change) in listened.Changes)
        {
            int before = _values.Count;
            if (change == ValueChange.Gone) listened.ExpiryUnixMs.Remove(valueId);
            else if (_context.Store.ReadOne(listened.Key, valueId, now.UnixMs, _values) && _values.Count > before) Track(listened, _values.Slot(before));
        }
    }

    private void Sweep(long nowMs)
    {
        _sweepMs = nowMs + SweepMs;
        foreach (ListenedKey listened in _keys.Values.ToList()) Remove(listened, l => nowMs - l.ListenedMs >= ListenerAgeMsMax);
    }

    private void Remove(ListenedKey listened, Func<Listener, bool> isOver)
    {
        foreach (Listener listener in listened.Listeners.Values.Where(isOver).ToList())
        {
            listened.Remove(listener);
            Count--;
            if (listened.Sockets.ContainsKey(listener.Node)) continue;
            HashSet<ListenedKey> keys = _keysOf[listener.Node];
            keys.Remove(listened);
            if (keys.Count == 0) _keysOf.Remove(listener.Node);
        }

        RemoveIfUnused(listened);
    }

    private void RemoveIfUnused(ListenedKey listened)
    {
        if (!listened.IsUnused) return;
        _keys.Remove(listened.Key);
        _dirty.Remove(listened);
        _context.Listened.Remove(listened.Key);
    }
}
