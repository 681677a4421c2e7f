using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Checkpoints;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Recovery;

/// <summary>Opens a store: the newest checkpoint that is whole, and what the write-ahead logs say after it.</summary>
/// <remarks>
/// In order of preference: the newest checkpoint; the one before; all write-ahead logs from the first, when they are all there; else everything that is
/// sound in the files of the value log, and then the write-ahead logs. Each way ends in the same state as long as what it needs is sound.
/// <para>A checkpoint made for other memory is of no use, but nothing is damaged; nor is a record the end of a log has cut in two.</para>
/// </remarks>
internal static class Opening
{
    public static OpenResult Open(StoreOptions options)
    {
        IDisposable? directoryLock = null;
        try
        {
            options.Disk.CreateDirectory(options.Directory);
            string path = Path.Combine(options.Directory, FileNames.Lock);
            try
            {
                directoryLock = options.Disk.Lock(path);
            }
            catch (IOException exception) when (!DiskErrors.IsFull(exception) && options.Disk.FileExists(path))
            {
                return new OpenResult(OpenStatus.InUse, null, $"the store in {options.Directory} is in use by another process: stop it or take another directory");
            }

            StoreEngine engine = new(options, directoryLock);
            engine.Writer.Start();
            try
            {
                Recover(engine);
            }
            catch
            {
                engine.Writer.Stop(0);
                throw;
            }

            return new OpenResult(OpenStatus.Opened, new FasterValueStore(engine), "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            directoryLock?.Dispose();
            OpenStatus status = exception is UnauthorizedAccessException ? OpenStatus.NoPermission
                : DiskErrors.IsFull(exception) ? OpenStatus.DiskFull : OpenStatus.Failed;
            return new OpenResult(status, null, $"the store in {options.Directory} cannot be opened: {DiskErrors.Explain(exception)}");
        }
    }

    private static void Recover(StoreEngine engine)
    {
        StoreOptions options = engine.Options;
        IReadOnlyList<string> names = options.Disk.List(options.Directory);
        List<(uint Number, uint Seed)> wals = FileNames.Find(names, FileNames.Wal), values = FileNames.Find(names, FileNames.Values);
        engine.Checkpoints.DeleteUnfinished();
        CheckpointState? state = engine.Damage.RebuildWanted ? null : FromCheckpoint(engine, values);
        bool fresh = state is null;
        if (fresh) BeginAnew(engine, values);
        ReplayAll(engine, state, wals, values);
        OpenWal(engine, state, wals);
        engine.Totals.RecoveryEnded();

        // The old value logs are needed until what was read from them is safe.
        bool rebuilt = fresh && (engine.Damage.RebuildWanted || (values.Count > 0 && NeedsOldValues(engine, wals)));
        engine.Recovered = new Recovered(wals, rebuilt ? [] : values, state is not null, rebuilt);
    }

    /// <summary>Restores the newest whole checkpoint; those that are not are deleted.</summary>
    private static CheckpointState? FromCheckpoint(StoreEngine engine, List<(uint Number, uint Seed)> values)
    {
        foreach (uint number in engine.Checkpoints.List())
        {
            CheckpointState? state = engine.Checkpoints.Load(number);
            if (state is not null && TryRestore(engine, number, state))
            {
                values.RemoveAll(log => log.Number == state.Identity.Number);
                return state;
            }

            // A checkpoint made with other memory is as good as none, but not damaged.
            if (state is null || state.IndexBuckets == Plan(engine).IndexBuckets) engine.DamagedCheckpoints++;
            engine.Checkpoints.Delete(number);
        }

        return null;
    }

    private static bool TryRestore(StoreEngine engine, uint number, CheckpointState state)
    {
        if (state.IndexBuckets != Plan(engine).IndexBuckets) return false;
        SegmentFiles files = ValueFiles(engine, state.Identity);

        // FASTER walks the end of its log without looking at sums, so it is walked here first.
        SoundnessCheck check = new();
        if (files.End < state.LogEnd) return false;
        LogPages.Read(files, state.Identity.Seed, Math.Max(state.LogBegin, state.IndexStart & -ValueLog.PageBytes), state.LogEnd, new byte[ValueLog.PageBytes], check);
        if (!check.Sound) return false;

        CheckpointManager manager = new();
        ValueLog log = NewLog(engine, state.Identity, files, manager);
        try
        {
            using IStoreFile index = engine.Checkpoints.OpenIndex(number);
            IndexDevice device = new(index, log.Index);
            manager.Index = device;
            manager.Give(state.IndexToken, state.IndexMetadata);
            manager.Give(state.LogToken, state.LogMetadata);
            log.Kv.Recover(state.IndexToken, state.LogToken, numPagesToPreload: 0);
            if (device.Failure is not null || log.Kv.Log.TailAddress != state.LogEnd) throw new FASTER.core.FasterException("recovery is incomplete");
            manager.Index = null;
        }
        catch (FASTER.core.FasterException)
        {
            log.Dispose();
            return false;
        }

        // What lies behind belongs to a time that ended with the crash; the write-ahead log knows it.
        files.CutAt((state.LogEnd + StoreDevice.SectorBytes - 1) & -(long)StoreDevice.SectorBytes);
        log.WrittenUntil = state.LogEnd;
        engine.Use(log, manager, state.RestoreTotals());
        return true;
    }

    private static void BeginAnew(StoreEngine engine, List<(uint Number, uint Seed)> values)
    {
        uint number = values.Count == 0 ? 1 : values[^1].Number + 1;
        ValueLogIdentity identity = new(number, (uint)Secret(), Secret(), Secret(), Secret());
        CheckpointManager manager = new();
        engine.Use(NewLog(engine, identity, ValueFiles(engine, identity), manager), manager, new StoreTotals(Secret()));
    }

    private static void ReplayAll(
        StoreEngine engine, CheckpointState? state, List<(uint Number, uint Seed)> wals, List<(uint Number, uint Seed)> values)
    {
        for (int i = 0; i < engine.DamagedCheckpoints; i++) engine.Totals.RecordDamaged();
        StoreSession session = engine.Values.Rent();
        Replay replay = new(engine, session);
        if (state is null && (NeedsOldValues(engine, wals) || engine.Damage.RebuildWanted))
        {
            foreach ((uint number, uint seed) in values)
            {
                using SegmentFiles files = ValueFiles(engine, new ValueLogIdentity(number, seed, 0, 0, 0));
                OldValues sink = new(engine, replay, FileNames.Of(FileNames.Values, number, seed), files.End);
                LogPages.Read(files, seed, files.Begin, files.End, new byte[ValueLog.PageBytes], sink);
            }
        }

        foreach ((uint generation, uint seed) in wals)
        {
            ulong from = state?.WalPosition ?? 0;
            if (generation < LogPosition.Generation(from)) continue;
            using SegmentFiles files = WalFiles(engine, generation, seed);
            replay.Start(generation, FileNames.Of(FileNames.Wal, generation, seed));
            WalReader.Read(files, seed, generation == LogPosition.Generation(from) ? LogPosition.Address(from) : 0, replay);
        }

        engine.Values.Return(session);
    }

    private static void OpenWal(StoreEngine engine, CheckpointState? state, List<(uint Number, uint Seed)> wals)
    {
        uint last = state is null ? 0 : LogPosition.Generation(state.WalPosition);
        if (wals.Count > 0) last = Math.Max(last, wals[^1].Number);
        uint seed = (uint)Secret();
        SegmentFiles files = WalFiles(engine, last + 1, seed);
        engine.Wal = new WriteAheadLog(last + 1, seed, files, engine.Writer, engine.Options.Clock, Plan(engine).WalBits);
    }

    /// <summary>True when the write-ahead logs do not reach back to the first day.</summary>
    private static bool NeedsOldValues(StoreEngine engine, List<(uint Number, uint Seed)> wals)
    {
        for (int i = 0; i < wals.Count; i++)
        {
            // A log whose opening never wrote anything has no file: numbers are missing, but the first is the first.
            if (i == 0 && wals[0].Number != 1) return true;
            using SegmentFiles files = WalFiles(engine, wals[i].Number, wals[i].Seed);
            if (files.Begin != 0) return true;
        }

        return wals.Count == 0;
    }

    private static ValueLog NewLog(StoreEngine engine, in ValueLogIdentity identity, SegmentFiles files, CheckpointManager manager) =>
        new(identity, files, engine.Writer, manager, Plan(engine), engine.Options.SegmentBits, engine);

    private static SegmentFiles ValueFiles(StoreEngine engine, in ValueLogIdentity identity) =>
        new(engine.Options.Disk, engine.Options.Directory, identity.Name, engine.Options.SegmentBits);

    private static SegmentFiles WalFiles(StoreEngine engine, uint generation, uint seed) =>
        new(engine.Options.Disk, engine.Options.Directory, FileNames.Of(FileNames.Wal, generation, seed), WriteAheadLog.SegmentBits, WriteAheadLog.GrowBytes);

    private static MemoryPlan Plan(StoreEngine engine) => MemoryPlan.For(engine.Options.MemoryBytes);

    private static ulong Secret()
    {
        // 122 bits of a GUID come from the kernel's generator; the platform's other way to it loads OpenSSL, which costs an idle node 3.5 MB.
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
        Guid.NewGuid().TryWriteBytes(bytes);
        return BitConverter.ToUInt64(bytes) ^ BitConverter.ToUInt64(bytes[sizeof(ulong)..]);
    }

    private sealed class SoundnessCheck : IPageSink
    {
        public bool Sound { get; private set; } = true;

        public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record) => Sound;

        public void Tombstone(long address, ReadOnlySpan<byte> key)
        {
        }

        public void Damaged(long address, ReadOnlySpan<byte> bytes) => Sound = false;
    }

    /// <summary>Takes over what is sound in an older value log.</summary>
    private sealed class OldValues(StoreEngine engine, Replay replay, string log, long end) : IPageSink
    {
        public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
        {
            if (SlotRecord.Kind(record) is RecordKind.Single or RecordKind.Slot) replay.Adopt(key[..StoreKey.HeadBytes], record);
            return true;
        }

        public void Tombstone(long address, ReadOnlySpan<byte> key)
        {
            ReadOnlySpan<byte> head = key[..StoreKey.HeadBytes];
            if (key.Length == StoreKey.HeadBytes) replay.Forget(head, 0);
            else if (key.Length == StoreKey.SlotBytes) replay.Forget(head, BitConverter.ToUInt64(key[StoreKey.HeadBytes..]));
        }

        public void Damaged(long address, ReadOnlySpan<byte> bytes)
        {
            // A crash ends the log anywhere, and what stood behind the end is in the write-ahead log.
            int room = ValueLog.PageBytes - (int)(address & (ValueLog.PageBytes - 1));
            if (address + bytes.Length == end && LogPages.IsCut(bytes, room)) return;
            if (engine.Damage.SetAside(log, address, bytes)) engine.Totals.RecordDamaged();
        }
    }
}

/// <summary>What an opening found, for the first checkpoint to tidy up.</summary>
/// <param name="Wals">Write-ahead logs of earlier openings.</param>
/// <param name="UselessValues">Value logs nobody needs.</param>
/// <param name="HadCheckpoint">A checkpoint was restored.</param>
/// <param name="Rebuilt">The values come from old value logs: a checkpoint is due at once.</param>
internal sealed record Recovered(List<(uint Number, uint Seed)> Wals, List<(uint Number, uint Seed)> UselessValues, bool HadCheckpoint, bool Rebuilt);
