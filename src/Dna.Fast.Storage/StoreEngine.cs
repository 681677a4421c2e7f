using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Checkpoints;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Recovery;
using Dna.Fast.Storage.Slots;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage;

/// <summary>The parts of an open store, and what they tell each other.</summary>
internal sealed class StoreEngine : IWriterDuty, IRemovalWitness, IDamageWitness
{
    private readonly Lock[] _gates = new Lock[1 << StoreComparer.GateBits];
    private IStoreObserver? _observer;
    private readonly string?[] _troubles = new string?[Enum.GetValues<TroubleKind>().Length];
    private string? _reportedStall;
    private long _committedTicket;
    private long _limitBytes;

    public StoreEngine(StoreOptions options, IDisposable directoryLock)
    {
        Options = options;
        _limitBytes = options.LimitBytes;
        DirectoryLock = directoryLock;
        Writer = new DiskWriter(this);
        Checkpoints = new CheckpointStore(options.Disk, options.Directory);
        Damage = new DamageFile(options.Disk, options.Directory);
        for (int i = 0; i < _gates.Length; i++) _gates[i] = new Lock();
    }

    public StoreOptions Options { get; }

    /// <summary>Packed bytes and overhead of values at most; any thread may change it.</summary>
    public long LimitBytes
    {
        get => Volatile.Read(ref _limitBytes);
        set => Volatile.Write(ref _limitBytes, value);
    }

    public IDisposable DirectoryLock { get; }

    public DiskWriter Writer { get; }

    public CheckpointStore Checkpoints { get; }

    public DamageFile Damage { get; }

    // Set once by the recovery, before anybody else sees the engine.
    public StoreTotals Totals { get; private set; } = null!;

    public ValueLog Values { get; private set; } = null!;

    public CheckpointManager Manager { get; private set; } = null!;

    public SlotTable Slots { get; private set; } = null!;

    public SlotReading Reading { get; private set; } = null!;

    public WriteAheadLog? Wal { get; set; }

    /// <summary>What the opening found; null before.</summary>
    public Recovered? Recovered { get; set; }

    /// <summary>Checkpoints the opening found and could not use.</summary>
    public int DamagedCheckpoints { get; set; }

    public long CommittedTicket => Volatile.Read(ref _committedTicket);

    public long NowUnixMs => Options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>True when nothing may be written just now.</summary>
    public bool IsStalled => Writer.Stall is not null;

    /// <summary>"ok", or what is wrong and what to do.</summary>
    public string Health
    {
        get
        {
            if (Writer.Stall is { } stall) return stall;
            foreach (string? trouble in _troubles)
            {
                if (trouble is not null) return trouble;
            }

            long failed = Values.FailedReads;
            return failed == 0 ? "ok" : $"{failed} reads from the disk failed: check the disk";
        }
    }

    /// <summary>Makes a value log and its counters the ones in use.</summary>
    public void Use(ValueLog values, CheckpointManager manager, StoreTotals totals)
    {
        Values = values;
        Manager = manager;
        Totals = totals;
        Slots = new SlotTable(values, totals, this);
        Reading = new SlotReading(values);
    }

    public void Observe(IStoreObserver observer) => Volatile.Write(ref _observer, observer);

    /// <summary>The gate of a key: whoever holds it is alone with the key's records and hash chains.</summary>
    public Lock GateOf(in InfoHash key)
    {
        Span<byte> head = stackalloc byte[InfoHash.Bytes];
        key.CopyTo(head);
        return GateOf(head);
    }

    public Lock GateOf(ReadOnlySpan<byte> head) => _gates[Values.Comparer.Gate(head)];

    /// <summary>Enters all gates, always in the same order.</summary>
    public void EnterAllGates()
    {
        foreach (Lock gate in _gates) gate.Enter();
    }

    public void ExitAllGates()
    {
        foreach (Lock gate in _gates) gate.Exit();
    }

    /// <summary>Something is wrong that does not pass by itself; null when it is right again.</summary>
    public void Trouble(TroubleKind kind, string? what)
    {
        if (Interlocked.Exchange(ref _troubles[(int)kind], what) != what) Volatile.Read(ref _observer)?.Committed();
    }

    public int BeforeWrites() => Wal?.CommitIfDue() ?? Timeout.Infinite;

    public void AfterWrites()
    {
        bool changed = false;
        if (Wal is { } wal)
        {
            // An entry at an address below is on the disk: tickets are addresses.
            long ticket = wal.CommittedUntil - 1;
            changed = ticket > _committedTicket;
            if (changed) Volatile.Write(ref _committedTicket, ticket);
        }

        string? stall = Writer.Stall;
        changed |= stall != _reportedStall;
        _reportedStall = stall;
        if (changed) Volatile.Read(ref _observer)?.Committed();
    }

    public void Removed(ReadOnlySpan<byte> head, ulong valueId, RemovalReason reason) =>
        Volatile.Read(ref _observer)?.Removed(new InfoHash(head), valueId, reason);

    public void Damaged(long address, ReadOnlySpan<byte> bytes) => DamagedRecord(Values.Identity.Name, address, bytes);

    /// <summary>Sets damaged bytes aside, once, and sees to it that the next opening rebuilds the index from what is sound.</summary>
    public void DamagedRecord(string log, long address, ReadOnlySpan<byte> bytes)
    {
        if (!Damage.SetAside(log, address, bytes)) return;
        Totals.RecordDamaged();
        Damage.AskForRebuild();
        Trouble(TroubleKind.Damage, $"{Totals.Damaged} damaged records were set aside in '{FileNames.DamagedDirectory}': check the disk; a restart rebuilds the index");
    }

    /// <summary>Closes the files and gives the directory free.</summary>
    /// <param name="releaseMemory">False when a thread may still be at work on pages: then they stay until the process ends.</param>
    public void Close(bool releaseMemory)
    {
        if (releaseMemory && !Writer.IsRunning)
        {
            Values.Dispose();
            Wal?.Dispose();
            Writer.Dispose();
        }

        DirectoryLock.Dispose();
    }
}

/// <summary>What may be wrong for longer, worst first.</summary>
internal enum TroubleKind : byte
{
    Checkpoint,
    Damage,
    Upkeep,
}
