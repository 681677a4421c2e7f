using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Checkpoints;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using FASTER.core;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Takes checkpoints and drops what no checkpoint needs. Keeper thread only.</summary>
/// <remarks>
/// The index is written first, while everybody works on. Then all gates are held for the moment in which FASTER turns to its next version: so the
/// checkpoint holds whole puts only, its counters are exact, and it is known which write-ahead entry is the first it does not cover. FASTER then writes
/// the rest of the log (fold-over), the files are synced, and last the state is renamed into place.
/// </remarks>
internal sealed class Checkpointer(StoreEngine engine)
{
    // Readers in the middle of a disk read delay the turn by as much; longer means that something hangs, and writers must not.
    private const int TurnMsMax = 2_000;

    // How long one wait for FASTER is, between looks at whether the store is closing.
    private const int WaitMs = 50;

    private readonly List<(uint Number, CheckpointState State)> _kept = [];
    private long _earlierBytes;
    private long _syncedUntil;
    private bool _broken;

    /// <summary>The position the newest checkpoint covers, 0 without one.</summary>
    public ulong Covered { get; private set; }

    /// <summary>Checkpoints taken since the opening.</summary>
    public int Taken { get; private set; }

    /// <summary>Set when the store closes: a checkpoint under way is given up.</summary>
    public Func<bool> IsClosing { get; set; } = static () => false;

    /// <summary>Write-ahead log written since the newest checkpoint, bytes.</summary>
    public long UncoveredBytes
    {
        get
        {
            WriteAheadLog wal = engine.Wal!;
            return LogPosition.Generation(Covered) == wal.Generation ? wal.Tail - LogPosition.Address(Covered) : wal.Tail + _earlierBytes;
        }
    }

    /// <summary>Bytes of the value log that compaction has freed and only older checkpoints still need.</summary>
    public long ReclaimableBytes => engine.Values.Kv.Log.BeginAddress - (_kept.Count == 0 ? 0 : _kept[0].State.LogBegin);

    /// <summary>A checkpoint was begun and not ended: FASTER may still be at work on it.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Takes note of what the opening found.</summary>
    public void Begin()
    {
        uint[] numbers = engine.Checkpoints.List();
        for (int i = numbers.Length - 1; i >= 0; i--)
        {
            if (engine.Recovered!.HadCheckpoint && engine.Checkpoints.Load(numbers[i]) is { } state) _kept.Add((numbers[i], state));
        }

        if (_kept.Count > 0)
        {
            Covered = _kept[^1].State.WalPosition;
            _syncedUntil = _kept[^1].State.LogEnd;
        }

        foreach ((uint number, uint seed) in engine.Recovered!.UselessValues) DeleteLog(FileNames.Values, number, seed, engine.Options.SegmentBits);
        foreach ((uint number, uint seed) in engine.Recovered.Wals)
        {
            if (number < LogPosition.Generation(Covered)) continue;
            using SegmentFiles files = LogFiles(FileNames.Wal, number, seed, WriteAheadLog.SegmentBits);
            _earlierBytes += files.Bytes;
        }
    }

    /// <summary>Has FASTER say where its index lies, once reads go to the disk and whenever the index has grown.</summary>
    public void LocateIndex()
    {
        ValueLog values = engine.Values;
        int pages = IndexView.PagesFor(values.Kv.OverflowBucketCount);
        bool reads = values.Kv.Log.HeadAddress > values.Kv.Log.BeginAddress;
        if (_broken || !reads || (values.Index.Sees && values.Index.OverflowPages >= pages)) return;
        engine.Manager.Index = new IndexLocator(values.Index);
        if (values.Kv.TryInitiateIndexCheckpoint(out Guid token) && Complete()) engine.Manager.Take(token);
        engine.Manager.Index = null;
    }

    /// <summary>Takes a checkpoint. Failures are told as trouble; the store goes on with the write-ahead log it has.</summary>
    /// <returns>False when there is none now.</returns>
    public bool Take()
    {
        if (_broken) return false;
        uint[] numbers = engine.Checkpoints.List();
        uint number = numbers.Length == 0 ? 1 : numbers[0] + 1;
        try
        {
            engine.Checkpoints.Delete(number);
            CheckpointState? state = Write(number);
            if (state is null) return false;
            SyncValues(state.LogEnd);
            engine.Checkpoints.Save(number, state);
            Keep(number, state);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            engine.Trouble(TroubleKind.Checkpoint, $"no checkpoint can be written: {DiskErrors.Explain(exception)}");
            return false;
        }
    }

    private CheckpointState? Write(uint number)
    {
        using IStoreFile file = engine.Checkpoints.OpenIndex(number);
        file.SetLength(0);
        IndexDevice device = new(file, engine.Values.Index);
        engine.Manager.Index = device;
        long indexStart = engine.Values.Kv.Log.TailAddress;
        if (!engine.Values.Kv.TryInitiateIndexCheckpoint(out Guid indexToken) || !Complete()) return null;
        engine.Manager.Index = null;
        if (device.Failure is { } failure) throw new IOException(failure.Message, failure);

        CheckpointState? state = Turn(indexToken, indexStart);
        if (state is null || !Complete()) return null;
        state.IndexMetadata = engine.Manager.Take(indexToken)!;
        state.LogMetadata = engine.Manager.Take(state.LogToken)!;
        state.LogEnd = FinalAddress(state.LogMetadata);
        return state;
    }

    /// <summary>Turns FASTER to its next version while no put is under way.</summary>
    private CheckpointState? Turn(Guid indexToken, long indexStart)
    {
        FasterKV<SpanByte, SpanByte> kv = engine.Values.Kv;
        StoreSession session = engine.Values.Rent();
        engine.EnterAllGates();
        try
        {
            StoreTotals totals = engine.Totals;
            ulong position = LogPosition.Of(engine.Wal!.Generation, engine.Wal.Tail);
            (var ledger, var calendar) = CheckpointState.Snapshot(totals);
            long version = kv.CurrentVersion;
            long begin = kv.Log.BeginAddress;
            if (!kv.TryInitiateHybridLogCheckpoint(out Guid logToken, CheckpointType.FoldOver)) return null;
            long start = engine.Options.Clock.GetTimestamp();
            while (kv.CurrentVersion == version)
            {
                session.Refresh();
                if (engine.Options.Clock.GetElapsedTime(start).TotalMilliseconds > TurnMsMax)
                {
                    _broken = IsAbandoned = true;
                    engine.Trouble(TroubleKind.Checkpoint, "a checkpoint hangs: the write-ahead log grows until a restart");
                    return null;
                }
            }

            return new CheckpointState
            {
                Identity = engine.Values.Identity,
                IndexBuckets = kv.IndexSize,
                LogBegin = begin,
                IndexStart = indexStart,
                WalPosition = position,
                Values = totals.Values,
                Bytes = totals.Bytes,
                Keys = totals.Keys,
                LedgerKey = totals.Sources.Key,
                Ledger = ledger,
                Calendar = calendar,
                IndexToken = indexToken,
                LogToken = logToken,
            };
        }
        finally
        {
            engine.ExitAllGates();
            engine.Values.Return(session);
        }
    }

    private bool Complete()
    {
        Task done = engine.Values.Kv.CompleteCheckpointAsync().AsTask();
        while (!done.Wait(WaitMs))
        {
            if (!IsClosing()) continue;
            _broken = IsAbandoned = true;
            return false;
        }

        return true;
    }

    private static long FinalAddress(byte[] logMetadata)
    {
        using StreamReader reader = new(new MemoryStream(logMetadata));
        HybridLogRecoveryInfo info = default;
        info.Initialize(reader);
        return info.finalLogicalAddress;
    }

    private void SyncValues(long until)
    {
        try
        {
            engine.Values.Files.Sync(_syncedUntil, until);
            _syncedUntil = until;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // After a failed sync nobody knows which pages the kernel dropped. The write-ahead log since the last checkpoint has them all.
            _broken = true;
            engine.Damage.AskForRebuild();
            engine.Trouble(TroubleKind.Checkpoint, $"the value log cannot be synced ({exception.Message}): check the disk and restart; everything acknowledged is in the write-ahead log");
            throw;
        }
    }

    /// <summary>Drops what neither this checkpoint nor the one before needs.</summary>
    private void Keep(uint number, CheckpointState state)
    {
        engine.Trouble(TroubleKind.Checkpoint, null);
        Taken++;
        bool first = _kept.Count == 0;
        _kept.Add((number, state));
        while (_kept.Count > 2) _kept.RemoveAt(0);
        Covered = state.WalPosition;
        uint oldest = _kept[0].Number;
        foreach (uint other in engine.Checkpoints.List())
        {
            if (other < oldest) engine.Checkpoints.Delete(other);
        }

        engine.Values.Files.DropBelow(_kept[0].State.LogBegin);
        if (_kept.Count == 2) DropWals(_kept[0].State.WalPosition);
        if (!first || !engine.Recovered!.Rebuilt) return;
        DropOldValues();
        engine.Damage.RebuildDone();
    }

    private void DropWals(ulong position)
    {
        uint generation = LogPosition.Generation(position);
        foreach ((uint number, uint seed) in FileNames.Find(engine.Options.Disk.List(engine.Options.Directory), FileNames.Wal))
        {
            if (number > generation) continue;
            if (number < generation)
            {
                DeleteLog(FileNames.Wal, number, seed, WriteAheadLog.SegmentBits);
            }
            else
            {
                using SegmentFiles files = LogFiles(FileNames.Wal, number, seed, WriteAheadLog.SegmentBits);
                files.DropBelow(LogPosition.Address(position));
            }
        }
    }

    private void DropOldValues()
    {
        foreach ((uint number, uint seed) in FileNames.Find(engine.Options.Disk.List(engine.Options.Directory), FileNames.Values))
        {
            if (number != engine.Values.Identity.Number) DeleteLog(FileNames.Values, number, seed, engine.Options.SegmentBits);
        }
    }

    private void DeleteLog(string kind, uint number, uint seed, int segmentBits)
    {
        using SegmentFiles files = LogFiles(kind, number, seed, segmentBits);
        files.DeleteAll();
    }

    private SegmentFiles LogFiles(string kind, uint number, uint seed, int segmentBits) =>
        new(engine.Options.Disk, engine.Options.Directory, FileNames.Of(kind, number, seed), segmentBits);
}
