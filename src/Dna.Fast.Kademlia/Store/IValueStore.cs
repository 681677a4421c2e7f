using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Store;

/// <summary>What a store knows of a value besides its bytes.</summary>
/// <param name="ValueId">Value id, not 0.</param>
/// <param name="Type">Value type (0 for encrypted ones).</param>
/// <param name="CreatedUnixMs">Creation time.</param>
/// <param name="ExpiresUnixMs">From this time on the value is in no answer. <see cref="long.MaxValue"/>: never.</param>
/// <param name="Source">Who put it, port included; <c>default</c> for a value of our own, which no budget of strangers is charged for.</param>
public readonly record struct SlotInfo(ulong ValueId, ushort Type, long CreatedUnixMs, long ExpiresUnixMs, NodeAddress Source);

/// <summary>Receives stored values one by one. The span is valid during the call only; the callee must not call the store.</summary>
public interface IValueVisitor
{
    /// <returns>False to stop.</returns>
    bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed);
}

/// <summary>What an incoming value does to the slot it meets.</summary>
public enum EditDecision : byte
{
    /// <summary>An equal value: lifetime starts anew, bytes stay.</summary>
    Refresh,

    /// <summary>An allowed edit: the new bytes replace the old.</summary>
    Replace,

    /// <summary>A forbidden edit: nothing changes.</summary>
    Refuse,
}

/// <summary>Decides between the value in a slot and the one that arrives (section 5.3). Pure; any thread.</summary>
public interface IEditPolicy
{
    EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked);
}

/// <summary>What a put did.</summary>
public enum PutStatus : byte
{
    /// <summary>A new slot.</summary>
    Stored,

    /// <summary>The slot's value was replaced.</summary>
    Replaced,

    /// <summary>The slot's lifetime began anew.</summary>
    Refreshed,

    /// <summary>The edit policy refused.</summary>
    Refused,

    /// <summary>65,536 values are under this key already (section 5.2).</summary>
    KeyFull,

    /// <summary>The store takes no more (disk full, or failed): nothing was stored and nothing may be acknowledged.</summary>
    StoreFull,
}

/// <param name="Status">What happened.</param>
/// <param name="Ticket">0: nothing to wait for. Else: durable once <see cref="IValueStore.CommittedTicket"/> is at least this.</param>
public readonly record struct PutResult(PutStatus Status, long Ticket);

/// <summary>Why a value left the store.</summary>
public enum RemovalReason : byte
{
    Expired,
    Evicted,
    Removed,
}

/// <summary>Told of what happens in a store on its own threads. Must return at once and must not call the store.</summary>
public interface IStoreObserver
{
    /// <summary><see cref="IValueStore.CommittedTicket"/> rose, or the store's health changed.</summary>
    void Committed();

    /// <summary>A value left the store without anybody asking: evicted to keep a limit.</summary>
    void Removed(in InfoHash key, ulong valueId, RemovalReason reason);
}

/// <param name="Values">Live slots. The durable store counts an expired one until it is swept away: within a minute or so of its end, and within an hour
/// for what lived longer than two hours. It is in no answer meanwhile.</param>
/// <param name="Bytes">Packed bytes of live slots.</param>
/// <param name="Keys">Infohashes with at least one slot.</param>
/// <param name="Evicted">Values evicted since start.</param>
/// <param name="ExpiredRemoved">Expired values cleaned away since start.</param>
/// <param name="Damaged">Records set aside by recovery.</param>
/// <param name="Recovered">Values found by recovery.</param>
/// <param name="DiskBytes">Bytes of files, 0 for a store in memory.</param>
/// <param name="Health">"ok", or in one sentence what is wrong and what to do.</param>
public readonly record struct StoreStatistics(
    long Values, long Bytes, long Keys, long Evicted, long ExpiredRemoved, long Damaged, long Recovered, long DiskBytes, string Health)
{
    /// <summary>The highest ticket given out: what <see cref="IValueStore.CommittedTicket"/> has to reach. 0 where nothing is committed.</summary>
    public long AppendedTicket { get; init; }

    /// <summary>True while the disk takes nothing: <see cref="Health"/> says why.</summary>
    public bool IsStalled { get; init; }

    /// <summary>How long commits took, written and synced; null where there are none.</summary>
    public LatencyHistogram? Commits { get; init; }
}

/// <summary>The values of a node: one slot per (infohash, value id).</summary>
/// <remarks>
/// Any thread may call anything at any time; calls for one key are atomic against each other. Expired slots are in no answer, whether cleaned away or not, and
/// a put into an expired slot is a put into an empty one. What is stored is the canonical packed value, byte for byte.
/// </remarks>
public interface IValueStore : IDisposable
{
    /// <summary>Values per key (section 5.2).</summary>
    const int ValuesPerKeyMax = 65_536;

    /// <summary>Visits every live slot under <paramref name="key"/>, in order of first storage.</summary>
    void Read(in InfoHash key, long nowUnixMs, IValueVisitor visitor);

    /// <summary>Visits one live slot.</summary>
    /// <returns>False when there is none.</returns>
    bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor);

    /// <summary>True when at least one live slot is under <paramref name="key"/>.</summary>
    bool Contains(in InfoHash key, long nowUnixMs);

    /// <summary>Stores, refreshes or edits. On <see cref="EditDecision.Refresh"/> the slot takes the new creation time and the later of both expiries.</summary>
    /// <param name="key">Infohash.</param>
    /// <param name="slot">What the slot shall say; its expiry lies after <paramref name="nowUnixMs"/>.</param>
    /// <param name="packed">Canonical packed value, at most <see cref="WireLimits.ValueBytesMax"/> bytes; copied.</param>
    /// <param name="durable">True: the result's ticket must be awaited before anybody is told.</param>
    /// <param name="nowUnixMs">Now.</param>
    /// <param name="policy">Asked when the slot is occupied.</param>
    PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy);

    /// <summary>Gives one slot a new creation time and the later of its expiry and <paramref name="expiresUnixMs"/>.</summary>
    /// <returns><see cref="PutStatus.Refreshed"/>, or <see cref="PutStatus.Refused"/> when there is no such slot.</returns>
    PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs);

    /// <summary>Removes one slot. The observer is not told: the caller knows.</summary>
    /// <returns>False when there was none.</returns>
    bool Remove(in InfoHash key, ulong valueId);

    /// <summary>Asks for the commit of what was put durably before this call: once after a batch of puts, for each commit is a write to the disk. Returns at once.</summary>
    /// <remarks>Without it a durable put is committed within 100 ms.</remarks>
    void RequestCommit();

    /// <summary>Every ticket up to this one is on the disk. Rises, never falls.</summary>
    long CommittedTicket { get; }

    /// <summary>Sets the one observer. Called once, before traffic.</summary>
    void Observe(IStoreObserver observer);

    StoreStatistics Statistics { get; }
}
