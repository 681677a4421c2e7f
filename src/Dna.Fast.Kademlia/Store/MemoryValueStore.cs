using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Store;

/// <summary>A store that forgets everything with the process: for clients and for the simulator.</summary>
/// <remarks>
/// Any thread; one lock, held for the length of a call, visitor and observer included. Time is what the callers say it is: each call first removes what has
/// expired by its <c>now</c>. Nothing is durable, so every ticket is 0 whatever was asked. Reading, refreshing and replacing by a value of the same length
/// allocate nothing.
/// <para>Bounded by bytes: a put that would exceed the limit first evicts down to 15/16 of it, from the source prefix that occupies most, oldest expiry
/// first. The node's own values (source <c>default</c>) count but are neither evicted nor refused; when they leave no room a stranger's put is
/// <see cref="PutStatus.StoreFull"/>.</para>
/// </remarks>
/// <param name="limitBytes">Packed bytes and <see cref="SlotOverheadBytes"/> a value, at most; 64 MiB is what stock nodes keep (section 6.7).</param>
public sealed class MemoryValueStore(long limitBytes = 64L << 20) : IValueStore
{
    /// <summary>What a slot costs besides its packed bytes: three objects, two dictionary entries and two heap places, rounded up.</summary>
    public const int SlotOverheadBytes = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<InfoHash, MemoryKey> _keys = [];
    private readonly Dictionary<(InfoHash Key, ulong ValueId), MemorySlot> _slots = [];
    private readonly Dictionary<SourcePrefix, MemorySource> _sources = [];
    private readonly ExpiryHeap _expiry = new(ExpiryHeap.Scope.All);
    private IStoreObserver? _observer;
    private long _sequence;
    private long _bytes;
    private long _charge;
    private long _evicted;
    private long _expired;

    public long CommittedTicket => 0;

    public void RequestCommit()
    {
    }

    public StoreStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new StoreStatistics(_slots.Count, _bytes, _keys.Count, _evicted, _expired, Damaged: 0, Recovered: 0, DiskBytes: 0, Health: "ok");
            }
        }
    }

    public void Observe(IStoreObserver observer) => _observer = observer;

    public void Read(in InfoHash key, long nowUnixMs, IValueVisitor visitor)
    {
        lock (_lock)
        {
            RemoveExpired(nowUnixMs);
            if (!_keys.TryGetValue(key, out MemoryKey? entry)) return;
            for (MemorySlot? slot = entry.First; slot is not null; slot = slot.Next)
            {
                if (!visitor.Visit(slot.Info, slot.Packed)) return;
            }
        }
    }

    public bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor)
    {
        lock (_lock)
        {
            RemoveExpired(nowUnixMs);
            if (!_slots.TryGetValue((key, valueId), out MemorySlot? slot)) return false;
            visitor.Visit(slot.Info, slot.Packed);
            return true;
        }
    }

    public bool Contains(in InfoHash key, long nowUnixMs)
    {
        lock (_lock)
        {
            RemoveExpired(nowUnixMs);
            return _keys.ContainsKey(key);
        }
    }

    public PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy)
    {
        ArgumentOutOfRangeException.ThrowIfZero(slot.ValueId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packed.Length, WireLimits.ValueBytesMax);
        lock (_lock)
        {
            RemoveExpired(nowUnixMs);
            if (!_slots.TryGetValue((key, slot.ValueId), out MemorySlot? old)) return new PutResult(Add(key, slot, packed), 0);
            PutStatus status = policy.Decide(key, old.Info, old.Packed, slot, packed) switch
            {
                EditDecision.Refresh => Renew(old, slot.CreatedUnixMs, slot.ExpiresUnixMs),
                EditDecision.Replace => Replace(old, slot, packed),
                _ => PutStatus.Refused,
            };
            return new PutResult(status, 0);
        }
    }

    public PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs)
    {
        lock (_lock)
        {
            RemoveExpired(nowUnixMs);
            PutStatus status = _slots.TryGetValue((key, valueId), out MemorySlot? slot)
                ? Renew(slot, createdUnixMs, expiresUnixMs)
                : PutStatus.Refused;
            return new PutResult(status, 0);
        }
    }

    public bool Remove(in InfoHash key, ulong valueId)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue((key, valueId), out MemorySlot? slot)) return false;
            Drop(slot);
            return true;
        }
    }

    public void Dispose()
    {
    }

    private PutStatus Add(in InfoHash key, in SlotInfo info, ReadOnlySpan<byte> packed)
    {
        if (_keys.TryGetValue(key, out MemoryKey? entry) && entry.Count >= IValueStore.ValuesPerKeyMax) return PutStatus.KeyFull;
        if (!MakeRoom(packed.Length + SlotOverheadBytes, SourcePrefix.Of(info.Source), keep: null)) return PutStatus.StoreFull;

        // Making room may have emptied the key and taken it out.
        if (!_keys.TryGetValue(key, out entry)) _keys.Add(key, entry = new MemoryKey(key));
        MemorySlot slot = new(entry, info, packed.ToArray(), _sequence++);
        entry.Append(slot);
        _slots.Add((key, info.ValueId), slot);
        _expiry.Add(slot);
        Charge(slot);
        return PutStatus.Stored;
    }

    private PutStatus Replace(MemorySlot slot, in SlotInfo info, ReadOnlySpan<byte> packed)
    {
        if (!MakeRoom(packed.Length - slot.Packed.Length, SourcePrefix.Of(info.Source), keep: slot)) return PutStatus.StoreFull;
        Discharge(slot);
        slot.Info = info;
        if (slot.Packed.Length == packed.Length) packed.CopyTo(slot.Packed);
        else slot.Packed = packed.ToArray();
        _expiry.Moved(slot);
        Charge(slot);
        return PutStatus.Replaced;
    }

    private PutStatus Renew(MemorySlot slot, long createdUnixMs, long expiresUnixMs)
    {
        slot.Info = slot.Info with { CreatedUnixMs = createdUnixMs, ExpiresUnixMs = Math.Max(slot.Info.ExpiresUnixMs, expiresUnixMs) };
        _expiry.Moved(slot);
        slot.Source?.Slots.Moved(slot);
        return PutStatus.Refreshed;
    }

    private void Charge(MemorySlot slot)
    {
        _bytes += slot.Packed.Length;
        _charge += slot.Charge;
        SourcePrefix prefix = SourcePrefix.Of(slot.Info.Source);
        if (!prefix.IsCharged) return;
        if (!_sources.TryGetValue(prefix, out MemorySource? source)) _sources.Add(prefix, source = new MemorySource(prefix));
        slot.Source = source;
        source.Charge += slot.Charge;
        source.Slots.Add(slot);
    }

    private void Discharge(MemorySlot slot)
    {
        _bytes -= slot.Packed.Length;
        _charge -= slot.Charge;
        if (slot.Source is not { } source) return;
        slot.Source = null;
        source.Charge -= slot.Charge;
        source.Slots.Remove(slot);
        if (source.Slots.Count == 0) _sources.Remove(source.Prefix);
    }

    private void Drop(MemorySlot slot)
    {
        Discharge(slot);
        _expiry.Remove(slot);
        _slots.Remove((slot.Key.Hash, slot.Info.ValueId));
        slot.Key.Unlink(slot);
        if (slot.Key.Count == 0) _keys.Remove(slot.Key.Hash);
    }

    private void RemoveExpired(long nowUnixMs)
    {
        while (_expiry.Count > 0 && _expiry.First.Info.ExpiresUnixMs <= nowUnixMs)
        {
            MemorySlot slot = _expiry.First;
            if (slot.Info.ExpiresUnixMs == long.MaxValue) return;
            Drop(slot);
            _expired++;
            _observer?.Removed(slot.Key.Hash, slot.Info.ValueId, RemovalReason.Expired);
        }
    }

    /// <summary>Evicts until <paramref name="more"/> bytes fit.</summary>
    /// <returns>False when they do not fit although every stranger's slot but <paramref name="keep"/> is gone, unless the bytes are the node's own.</returns>
    private bool MakeRoom(long more, SourcePrefix prefix, MemorySlot? keep)
    {
        if (more <= 0 || _charge + more <= limitBytes) return true;

        // What can never fit must not empty the store of others first.
        long evictable = 0;
        foreach (MemorySource source in _sources.Values) evictable += source.Charge;
        if (keep?.Source is not null) evictable -= keep.Charge;
        if (_charge - evictable + more > limitBytes && prefix.IsCharged) return false;
        Evict(Math.Max(0, limitBytes - limitBytes / 16 - more), keep);
        return true;
    }

    private void Evict(long goal, MemorySlot? keep)
    {
        PriorityQueue<MemorySource, long> largest = new(_sources.Count);
        foreach (MemorySource source in _sources.Values) largest.Enqueue(source, -source.Charge);
        while (_charge > goal && largest.TryDequeue(out MemorySource? source, out _))
        {
            MemorySlot slot = source.Slots.First;
            if (ReferenceEquals(slot, keep))
            {
                // The slot about to be replaced is not the one to go; without it its source is looked at again.
                if (source.Slots.Count == 1) continue;
                slot = source.Slots.Second;
            }

            Drop(slot);
            _evicted++;
            _observer?.Removed(slot.Key.Hash, slot.Info.ValueId, RemovalReason.Evicted);
            if (source.Slots.Count > 0) largest.Enqueue(source, -source.Charge);
        }
    }
}
