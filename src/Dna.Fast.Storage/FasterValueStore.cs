using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Recovery;
using Dna.Fast.Storage.Slots;
using Dna.Fast.Storage.Upkeep;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage;

/// <summary>The durable store: values in a FasterKV of bounded memory, behind a FasterLog that makes a commit one write for all who wait.</summary>
/// <remarks>
/// Any thread, as <see cref="IValueStore"/> says. A read takes no lock and allocates nothing while the value is in memory; the visitor is shown the bytes
/// in FASTER's page. A <see cref="Read"/> of several values shows each slot as it is when it is visited. The observer is called from the thread that
/// commits (commits, health), from the keeper's (evictions, most expiries) and from the thread of a put that finds an expired slot in its way.
/// <para>Two threads: the writer, which writes and syncs pages and so commits, and the keeper, which takes checkpoints, cleans expired values away,
/// evicts and compacts.</para>
/// <para>Bounded: above <see cref="StoreOptions.LimitBytes"/> the keeper evicts down to 15/16 of it, from the sources that occupy most until they
/// occupy no more than others, what expires soonest first (to about a fifth of the time that is left); strangers' puts that would exceed the limit by an
/// eighth meanwhile are <see cref="PutStatus.StoreFull"/>. The node's own values count but are neither evicted nor refused.</para>
/// <para>What is acknowledged as durable is in the write-ahead log, on the disk, before <see cref="CommittedTicket"/> says so. The log is kept until two
/// checkpoints cover it. See <see cref="Opening"/> for what happens after a crash.</para>
/// </remarks>
public sealed class FasterValueStore : IValueStore
{
    // How long a disk that takes nothing may hold up the end of the process.
    private const int StopMsMax = 3_000;

    private readonly StoreEngine _engine;
    private readonly SlotEdits _edits;
    private int _disposed;

    internal FasterValueStore(StoreEngine engine)
    {
        _engine = engine;
        _edits = new SlotEdits(engine, engine.Wal!);
        Keeper = new Keeper(engine, _edits);
        _edits.OverLimit = Keeper.Wake;
        if (engine.Options.Upkeep) Keeper.Start();
    }

    /// <summary>Opens the store in a directory, or begins one there.</summary>
    /// <param name="options">Where and how large.</param>
    /// <returns>The store, or why there is none. Damaged files are no reason: what is sound is there, the rest is set aside and counted.</returns>
    /// <remarks>What has expired meanwhile is in no answer; it counts as there until the first sweep, within a second.</remarks>
    public static OpenResult Open(StoreOptions options) => Opening.Open(options);

    /// <summary>The thread that cleans up; tests drive it by hand.</summary>
    internal Keeper Keeper { get; }

    /// <summary>Who occupies how much.</summary>
    internal SourceLedger Ledger => _engine.Totals.Sources;

    /// <summary><see cref="StoreOptions.LimitBytes"/>, and since then. Any thread; beyond a smaller one the keeper begins to evict at once.</summary>
    public long LimitBytes
    {
        get => _engine.LimitBytes;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _engine.LimitBytes = value;
            Keeper.Wake();
        }
    }

    public long CommittedTicket => _engine.CommittedTicket;

    public StoreStatistics Statistics
    {
        get
        {
            StoreTotals totals = _engine.Totals;
            return new StoreStatistics(
                totals.Values, totals.Bytes, totals.Keys, totals.Evicted, totals.Expired, totals.Damaged, totals.Recovered, Keeper.DiskBytes, _engine.Health)
            {
                // A log begins behind a header: what is committed to its end waits for nothing, whatever the tickets say.
                AppendedTicket = _engine.Wal is { } wal && wal.Tail > wal.CommittedUntil ? wal.Tail - 1 : CommittedTicket,
                IsStalled = _engine.IsStalled,
                Commits = _engine.Writer.Commits,
            };
        }
    }

    public void Observe(IStoreObserver observer) => _engine.Observe(observer);

    public void Read(in InfoHash key, long nowUnixMs, IValueVisitor visitor) => _engine.Reading.ReadAll(key, nowUnixMs, visitor, out _);

    // Id 0 names no value, and anybody may ask for it.
    public bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor) =>
        valueId != 0 && _engine.Reading.ReadOne(key, valueId, nowUnixMs, visitor);

    public bool Contains(in InfoHash key, long nowUnixMs)
    {
        _engine.Reading.ReadAll(key, nowUnixMs, visitor: null, out bool anyLive);
        return anyLive;
    }

    public PutResult Put(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed, bool durable, long nowUnixMs, IEditPolicy policy)
    {
        ArgumentOutOfRangeException.ThrowIfZero(slot.ValueId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packed.Length, WireLimits.ValueBytesMax);
        return _edits.Put(key, slot, packed, durable, nowUnixMs, policy);
    }

    public PutResult Refresh(in InfoHash key, ulong valueId, long createdUnixMs, long expiresUnixMs, bool durable, long nowUnixMs) =>
        _edits.Refresh(key, valueId, createdUnixMs, expiresUnixMs, durable, nowUnixMs);

    public void RequestCommit() => _engine.Wal!.RequestCommit(atOnce: true);

    public bool Remove(in InfoHash key, ulong valueId) => _edits.Remove(key, valueId, _engine.NowUnixMs);

    /// <summary>Visits every live value of the store, in the order the disk has them: some twice or not at all when they change meanwhile.</summary>
    /// <param name="nowUnixMs">Now.</param>
    /// <param name="visitor">Shown each value with its infohash; may take its time, and may call the store.</param>
    public void Scan(long nowUnixMs, IKeyValueVisitor visitor) => Keeper.Scan(nowUnixMs, visitor);

    /// <summary>Visits a part of the store, for somebody who needs long for all of it: between parts the store cleans up, compacts and takes its checkpoints.</summary>
    /// <remarks>What compaction moves meanwhile is met again at the end, so a value may be visited twice, and none that stays is left out. The last part ends at what is the end then.</remarks>
    /// <param name="from">0, or what the last call returned.</param>
    /// <param name="bytes">How much of the log to go over, about.</param>
    /// <param name="nowUnixMs">Now.</param>
    /// <param name="visitor">As <see cref="Scan"/> takes it.</param>
    /// <returns>Where to go on; negative when that was all.</returns>
    /// <exception cref="IOException">The disk cannot be read, or the store closes: the part is not complete.</exception>
    public long ScanPart(long from, long bytes, long nowUnixMs, IKeyValueVisitor visitor) => Keeper.ScanPart(from, bytes, nowUnixMs, visitor);

    /// <summary>Makes the files as small as the values are: expired values leave, what is current is copied together, what is behind two checkpoints is deleted. Serves meanwhile.</summary>
    /// <param name="mayGoOn">Asked between steps of a few megabytes.</param>
    /// <returns>False when it was stopped, or the disk takes nothing.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public bool Compact(Func<bool> mayGoOn) => Keeper.Compact(mayGoOn);

    /// <summary>Commits everything and closes the files, within a few seconds even when the disk takes nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        bool kept = Keeper.Stop(StopMsMax);
        _engine.Wal!.RequestCommit(atOnce: true);
        Keeper.WaitForCommit(_engine.Wal.Tail, StopMsMax);
        _engine.Writer.Stop(StopMsMax);
        Keeper.Dispose();
        _engine.Close(releaseMemory: kept);
    }
}

/// <summary>Receives the values of a whole store.</summary>
public interface IKeyValueVisitor
{
    /// <returns>False to stop.</returns>
    bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed);
}
