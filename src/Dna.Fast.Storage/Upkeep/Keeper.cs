using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Slots;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>The thread that keeps the store small and quick to open: evictions, expiries, compaction, checkpoints.</summary>
internal sealed class Keeper : IDisposable
{
    // Expired values are in no answer anyway; a second is soon enough for everything here, and an eviction wakes the thread.
    private const int TickMs = 1_000;

    // A sweep rests for so many times its length: at most a twentieth of the time is spent sweeping.
    private const int SweepRestFactor = 20;

    // Below the limit by this share, evicted at once, so that not every put of a full store starts an eviction.
    private const int EvictionShare = 16;

    // Superseded records blur an eviction's count; so many passes, each a little less exact, always end it.
    private const int EvictionPassesMax = 32;

    // As many write-ahead logs from short openings are read in no time; more are tidied up.
    private const int EarlierWalsMax = 8;

    private readonly StoreEngine _engine;
    private readonly SlotEdits _edits;
    private readonly Lock _turn = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly LogPass _pass;
    private readonly Compaction _compaction;
    private readonly Checkpointer _checkpointer;
    private volatile bool _closing;
    private bool _begun;
    private bool _sweptOnce;
    private long _sweepAgainAt;

    public Keeper(StoreEngine engine, SlotEdits edits)
    {
        _engine = engine;
        _edits = edits;
        _pass = new LogPass(engine, () => _closing);
        _compaction = new Compaction(engine);
        _checkpointer = new Checkpointer(engine) { IsClosing = () => _closing };
        _thread = new Thread(Run) { IsBackground = true, Name = "store keeper" };
    }

    /// <summary>Bytes of all files of the store.</summary>
    public long DiskBytes
    {
        get
        {
            long bytes = 0;
            foreach (string name in _engine.Options.Disk.List(_engine.Options.Directory))
            {
                bytes += _engine.Options.Disk.Length(Path.Combine(_engine.Options.Directory, name));
            }

            return bytes;
        }
    }

    public void Start() => _thread.Start();

    public void Wake() => _wake.Set();

    /// <returns>False when the thread is still at work: on a disk that does not answer.</returns>
    public bool Stop(int patienceMs)
    {
        _closing = true;
        _wake.Set();
        return (!_thread.IsAlive || _thread.Join(patienceMs)) && !_checkpointer.IsAbandoned;
    }

    /// <summary>Waits until the write-ahead log is on the disk up to an address, or the disk does not take it.</summary>
    public void WaitForCommit(long tail, int patienceMs)
    {
        long start = _engine.Options.Clock.GetTimestamp();
        while (_engine.Wal!.CommittedUntil < tail && !_engine.IsStalled
            && _engine.Options.Clock.GetElapsedTime(start).TotalMilliseconds < patienceMs)
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>Everything that is due, once.</summary>
    public void RunOnce()
    {
        lock (_turn)
        {
            if (!_pass.MayGoOn) return;
            Begin();
            FitMemory();
            _checkpointer.LocateIndex();
            EvictIfOver();
            SweepIfDue();
            for (int step = 0; step < 64 && _compaction.IsDue && _pass.MayGoOn; step++) _compaction.Step(_pass);
            CheckpointIfDue();
        }
    }

    /// <summary>Takes a checkpoint now.</summary>
    public bool Checkpoint()
    {
        lock (_turn)
        {
            Begin();
            return _checkpointer.Take();
        }
    }

    /// <summary>Removes everything expired now.</summary>
    public void Sweep()
    {
        lock (_turn)
        {
            long start = _engine.Options.Clock.GetTimestamp();
            long until = _pass.Settle();
            _pass.Run(_engine.Values.Kv.Log.BeginAddress, until, new Sweep(_engine, _edits, _engine.NowUnixMs), hurry: false);
            long took = _engine.Options.Clock.GetTimestamp() - start;
            _sweepAgainAt = start + took * SweepRestFactor;
        }
    }

    public void Scan(long nowUnixMs, IKeyValueVisitor visitor)
    {
        lock (_turn)
        {
            long until = _pass.Settle();
            _pass.Run(_engine.Values.Kv.Log.BeginAddress, until, new ScanSink(_engine, nowUnixMs, visitor), hurry: true);
        }
    }

    /// <inheritdoc cref="FasterValueStore.ScanPart"/>
    public long ScanPart(long from, long bytes, long nowUnixMs, IKeyValueVisitor visitor)
    {
        lock (_turn)
        {
            long end = _pass.Settle();
            long begin = Math.Max(from, _engine.Values.Kv.Log.BeginAddress);
            // Pages are read whole: a part ends with one.
            long until = Math.Min(end, (begin + bytes + ValueLog.PageBytes - 1) & -ValueLog.PageBytes);
            if (begin >= until) return -1;
            long reached = _pass.Run(begin, until, new ScanSink(_engine, nowUnixMs, visitor), hurry: true);
            if (reached < until && !_pass.MayGoOn) throw new IOException("the store is closing, or its disk takes nothing");
            return reached < until || reached >= end ? -1 : reached;
        }
    }

    /// <inheritdoc cref="FasterValueStore.Compact"/>
    public bool Compact(Func<bool> mayGoOn)
    {
        lock (_turn)
        {
            Begin();
            Sweep();
        }

        long goal = _pass.Settle() & -ValueLog.PageBytes;
        while (_engine.Values.Kv.Log.BeginAddress < goal)
        {
            // The keeper has its turn between steps: a store must not grow while somebody makes it smaller.
            lock (_turn)
            {
                long begin = _engine.Values.Kv.Log.BeginAddress;
                if (!_pass.MayGoOn || !mayGoOn()) return false;
                _compaction.Step(_pass);
                if (_engine.Values.Kv.Log.BeginAddress == begin) break;
            }
        }

        // Files are given back when two checkpoints cover what is in them.
        return Checkpoint() && Checkpoint();
    }

    public void Dispose()
    {
        if (Stop(TickMs)) _wake.Dispose();
    }

    private void Run()
    {
        BackgroundPriority.Take();
        while (!_closing)
        {
            try
            {
                RunOnce();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _engine.Trouble(TroubleKind.Upkeep, $"upkeep failed: {Disk.DiskErrors.Explain(exception)}");
            }
#pragma warning disable CA1031 // A bug in the upkeep must not end a node that still serves and commits: it is reported as the store's health.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _engine.Trouble(TroubleKind.Upkeep, $"upkeep failed by an error of ours ({exception.Message}): values are served and committed; restart when convenient");
            }

            _wake.WaitOne(TickMs);
        }
    }

    private void Begin()
    {
        if (_begun) return;
        _begun = true;
        _checkpointer.Begin();
    }

    private void EvictIfOver()
    {
        long limit = _engine.LimitBytes;
        for (int pass = 0; pass < EvictionPassesMax && _engine.Totals.Charge > limit && _pass.MayGoOn; pass++)
        {
            long now = _engine.NowUnixMs;
            if (pass == 0 && _engine.Totals.Calendar.Expired(now) > 0) Sweep();
            Eviction eviction = new(_engine, _edits, now, _engine.Totals.Charge - (limit - limit / EvictionShare));
            if (!eviction.IsPossible) return;
            long begin = _engine.Values.Kv.Log.BeginAddress, until = _pass.Settle();
            _pass.Run(begin, until, eviction.Counting, hurry: true);
            _pass.Run(begin, until, eviction.Removing(pass), hurry: true);
        }
    }

    private void SweepIfDue()
    {
        // What expired while the store was closed is not told by the calendar: the first sweep happens anyway.
        if (_sweptOnce && _engine.Totals.Calendar.Expired(_engine.NowUnixMs) == 0) return;
        if (_sweptOnce && _engine.Options.Clock.GetTimestamp() < _sweepAgainAt) return;
        _sweptOnce = true;
        Sweep();
    }

    private void CheckpointIfDue()
    {
        long segment = _engine.Values.Files.SegmentBytes;
        long log = _engine.Values.Kv.Log.TailAddress - _engine.Values.Kv.Log.BeginAddress;
        bool reclaim = _checkpointer.ReclaimableBytes >= Math.Max(segment, log / 4);
        bool first = _checkpointer.Taken == 0 && (_engine.Recovered!.Rebuilt || _engine.Recovered.Wals.Count > EarlierWalsMax);
        if (reclaim || first || _checkpointer.UncoveredBytes >= _engine.Options.WalBytes) _checkpointer.Take();
    }

    /// <summary>Gives the value log as many pages less as the index has grown, so that both together stay within the memory allowed.</summary>
    private void FitMemory()
    {
        const int OverflowBucketBytes = 64;
        long spare = _engine.Options.MemoryBytes / 8;
        long grown = Math.Max(0, _engine.Values.Kv.OverflowBucketCount * OverflowBucketBytes - spare);
        int most = _engine.Values.Kv.Log.MaxEmptyPageCount * 3 / 4;
        int empty = (int)Math.Min(grown / ValueLog.PageBytes, most);
        if (_engine.Values.Kv.Log.EmptyPageCount != empty) _engine.Values.Kv.Log.SetEmptyPageCount(empty);
    }
}
