using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Records;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>The values: a FasterKV whose log keeps its newest pages in memory and all of them on the disk.</summary>
/// <remarks>Any thread, through sessions.</remarks>
internal sealed class ValueLog : IDisposable
{
    /// <summary>Page, 128 KiB: above the largest record.</summary>
    public const int PageBits = 17;

    public const int PageBytes = 1 << PageBits;

    // As many sessions as threads are in the store at once; more are made when needed and thrown away, which costs far more than a look-up. The largest machines have
    // so many workers.
    private const int PooledSessions = 256;

    // Places are a cache line (64 bytes, 8 references) apart: each look-up takes a session and gives it back, and threads must not wait for each other's line.
    private const int PlacesApart = 8;

    private readonly StoreSession?[] _pool = new StoreSession?[PooledSessions * PlacesApart];
    private readonly StoreDevice _device;

    private readonly IDamageWitness _witness;

    public ValueLog(
        ValueLogIdentity identity,
        SegmentFiles files,
        DiskWriter writer,
        ICheckpointManager checkpoints,
        MemoryPlan memory,
        int segmentBits,
        IDamageWitness witness)
    {
        _witness = witness;
        Identity = identity;
        Files = files;
        Comparer = new StoreComparer(identity.Hash0, identity.Hash1, identity.Hash2);
        Index = new IndexView(memory.IndexBuckets);
        _device = new StoreDevice(files, writer, mustSync: false, identity.Name);
        Kv = new FasterKV<SpanByte, SpanByte>(
            memory.IndexBuckets,
            new LogSettings
            {
                LogDevice = _device,
                PageSizeBits = PageBits,
                MemorySizeBits = memory.LogBits,
                SegmentSizeBits = segmentBits,

                // Nothing is ever changed in place, so being mutable means nothing but being flushed later.
                MutableFraction = 0.5,
            },
            new CheckpointSettings { CheckpointManager = checkpoints },
            serializerSettings: null,
            Comparer,
            new VariableLengthStructSettings<SpanByte, SpanByte>
            {
                keyLength = new BoundedLength(StoreKey.BytesMax),
                valueLength = new BoundedLength(SlotRecord.BytesMax),
            },
            tryRecoverLatest: false,

            // Writers are serialised by the store's gates and records never change: FASTER's own record locks would guard nothing.
            ConcurrencyControlMode.None);

        // What an empty log has needs no writing.
        WrittenUntil = Kv.Log.TailAddress;
    }

    public ValueLogIdentity Identity { get; }

    public SegmentFiles Files { get; }

    public StoreComparer Comparer { get; }

    public FasterKV<SpanByte, SpanByte> Kv { get; }

    /// <summary>Where the chains begin.</summary>
    public IndexView Index { get; }

    /// <summary>All records below are in the files. FASTER writes from the front to the back.</summary>
    public long WrittenUntil
    {
        get => _device.WrittenUntil;
        set => _device.WrittenUntil = value;
    }

    /// <summary>Reads the disk refused.</summary>
    public long FailedReads => _device.FailedReads;

    public StoreSession Rent()
    {
        // Threads start at different places, so that each usually finds the session it gave back.
        int start = Environment.CurrentManagedThreadId;
        for (int i = 0; i < PooledSessions; i++)
        {
            ref StoreSession? place = ref _pool[(start + i) % PooledSessions * PlacesApart];
            if (place is not null && Interlocked.Exchange(ref place, null) is { } session) return session;
            if (i == 3) break;
        }

        return new StoreSession(this, _witness);
    }

    public void Return(StoreSession session)
    {
        int start = Environment.CurrentManagedThreadId;
        for (int i = 0; i < PooledSessions; i++)
        {
            ref StoreSession? place = ref _pool[(start + i) % PooledSessions * PlacesApart];
            if (place is null && Interlocked.CompareExchange(ref place, session, null) is null) return;
        }

        session.Dispose();
    }

    public void Dispose()
    {
        Index.GoBlind();
        foreach (StoreSession? session in _pool) session?.Dispose();
        Kv.Dispose();
        Files.Dispose();
    }
}
