using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Storage.Accounting;

/// <summary>What is in the store, counted as it comes and goes. Any thread.</summary>
internal sealed class StoreTotals(ulong ledgerKey)
{
    /// <summary>What a value occupies besides its packed bytes: headers of its record and of FASTER's, its key, padding, its place in the index.</summary>
    public const int SlotOverheadBytes = 128;

    private long _values;
    private long _bytes;
    private long _keys;
    private long _evicted;
    private long _expired;
    private long _damaged;
    private long _recovered;

    /// <summary>Live slots, and expired ones that nobody cleaned away yet.</summary>
    public long Values => Interlocked.Read(ref _values);

    /// <summary>Their packed bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Infohashes with at least one of them.</summary>
    public long Keys => Interlocked.Read(ref _keys);

    public long Evicted => Interlocked.Read(ref _evicted);

    public long Expired => Interlocked.Read(ref _expired);

    public long Damaged => Interlocked.Read(ref _damaged);

    public long Recovered => Interlocked.Read(ref _recovered);

    /// <summary>What counts against the limit.</summary>
    public long Charge => Bytes + Values * SlotOverheadBytes;

    public SourceLedger Sources { get; } = new(ledgerKey);

    public ExpiryCalendar Calendar { get; } = new();

    public void ValueCame(in SlotInfo slot, int packedBytes) => Count(slot, packedBytes, 1);

    public void ValueWent(in SlotInfo slot, int packedBytes) => Count(slot, packedBytes, -1);

    public void KeyCame() => Interlocked.Increment(ref _keys);

    public void KeyWent() => Interlocked.Decrement(ref _keys);

    public void ValueEvicted() => Interlocked.Increment(ref _evicted);

    public void ValueExpired() => Interlocked.Increment(ref _expired);

    public void RecordDamaged() => Interlocked.Increment(ref _damaged);

    public void RecoveryEnded() => Interlocked.Exchange(ref _recovered, Values);

    /// <summary>Sets what a checkpoint says.</summary>
    public void Restore(long values, long bytes, long keys)
    {
        Interlocked.Exchange(ref _values, values);
        Interlocked.Exchange(ref _bytes, bytes);
        Interlocked.Exchange(ref _keys, keys);
    }

    private void Count(in SlotInfo slot, int packedBytes, int sign)
    {
        Interlocked.Add(ref _values, sign);
        Interlocked.Add(ref _bytes, sign * (long)packedBytes);
        Sources.Add(Sources.AccountOf(SourcePrefix.Of(slot.Source)), sign * ((long)packedBytes + SlotOverheadBytes));
        Calendar.Add(slot.CreatedUnixMs, slot.ExpiresUnixMs, sign);
    }
}
