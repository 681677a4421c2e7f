using System.Runtime.CompilerServices;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using FASTER.core;

namespace Dna.Fast.Storage.Log;

/// <summary>The write-ahead log of one opening of the store: what is in it is true, whatever else is lost.</summary>
/// <remarks>
/// Any thread appends. One thread, the <see cref="DiskWriter"/>'s, commits: as soon as anybody waits, everything that has arrived goes to the disk in
/// one write and one sync; what arrives meanwhile takes the next. A FasterLog keeps the pages; its own commit records are not used, because recovery
/// checks every entry by itself (<see cref="WalReader"/>) and a second file to sync would double the cost of a commit.
/// </remarks>
internal sealed class WriteAheadLog : IDisposable
{
    /// <summary>Page of the log, and so the largest entry: above the largest value, 65,568 bytes and headers.</summary>
    public const int PageBits = 17;

    /// <summary>Size of a file of the log, 4 MiB: the grain in which room is given back.</summary>
    public const int SegmentBits = 22;

    /// <summary>By how much a file of the log grows at once: zeros for some thousand entries, still written in a millisecond.</summary>
    public const int GrowBytes = 256 * 1024;

    /// <summary>Nothing waits longer than this for its commit, durable or not.</summary>
    public const int CommitMsMax = 100;

    // With the writer working, room appears within a few writes. This only ends the wait when the disk hangs without an error.
    private const int EnqueueMsMax = 2_000;

    private readonly DiskWriter _writer;
    private readonly TimeProvider _clock;
    private readonly SegmentFiles _files;
    private readonly FasterLog _log;
    private long _dirtySince;
    private int _dirty;
    private int _wanted;

    public WriteAheadLog(uint generation, uint seed, SegmentFiles files, DiskWriter writer, TimeProvider clock, int memoryBits)
    {
        Generation = generation;
        Seed = seed;
        _files = files;
        _writer = writer;
        _clock = clock;
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = new StoreDevice(files, writer, mustSync: true, "wal"),
            PageSize = 1L << PageBits,
            MemorySize = 1L << memoryBits,
            SegmentSize = 1L << SegmentBits,
            LogCommitManager = new NoCommitRecords(),
            LogChecksum = LogChecksumType.None,
            TryRecoverLatest = false,
        });
    }

    /// <summary>Number of this opening.</summary>
    public uint Generation { get; }

    /// <summary>What the sums of its entries are seeded with.</summary>
    public uint Seed { get; }

    /// <summary>Address behind the last entry.</summary>
    public long Tail => _log.TailAddress;

    /// <summary>Everything below is on the disk.</summary>
    public long CommittedUntil => _log.FlushedUntilAddress;

    /// <summary>Appends an entry.</summary>
    /// <returns>Its address, or 0 when the disk takes nothing.</returns>
    public long Append(ReadOnlySpan<byte> entry)
    {
        if (_log.TryEnqueue(entry, out long address)) return address;
        long start = _clock.GetTimestamp();
        SpinWait spin = default;
        while (!_log.TryEnqueue(entry, out address))
        {
            if (_writer.Stall is not null || _clock.GetElapsedTime(start).TotalMilliseconds > EnqueueMsMax) return 0;
            spin.SpinOnce();
        }

        return address;
    }

    /// <summary>Sees to it that what was appended is committed: at once when somebody waits for it, else within <see cref="CommitMsMax"/>.</summary>
    public void RequestCommit(bool atOnce)
    {
        if (atOnce)
        {
            if (Volatile.Read(ref _wanted) == 0 && Interlocked.Exchange(ref _wanted, 1) == 0) _writer.Wake();
        }
        else if (Volatile.Read(ref _dirty) == 0 && Interlocked.Exchange(ref _dirty, 1) == 0)
        {
            _writer.Wake();
        }
    }

    /// <summary>Starts a commit when it is time. Writer thread only.</summary>
    /// <returns>Milliseconds until it may be time again.</returns>
    public int CommitIfDue()
    {
        bool wanted = Interlocked.Exchange(ref _wanted, 0) != 0;
        if (!wanted && Volatile.Read(ref _dirty) == 0) return Timeout.Infinite;
        if (!wanted)
        {
            if (_dirtySince == 0) _dirtySince = _clock.GetTimestamp();
            int age = (int)_clock.GetElapsedTime(_dirtySince).TotalMilliseconds;
            if (age < CommitMsMax) return CommitMsMax - age;
        }

        // Cleared before the commit looks at the tail: an append after that sets it again.
        _dirtySince = 0;
        Interlocked.Exchange(ref _dirty, 0);
        _log.Commit();
        ForgetCommits();
        return Timeout.Infinite;
    }

    public void Dispose()
    {
        long end = _log.TailAddress;
        bool whole = _log.FlushedUntilAddress >= end;
        _log.Dispose();
        try
        {
            // The zeros behind the last entry are no use to anybody.
            if (whole) _files.CutAt(end);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // They do no harm either.
        }

        _files.Dispose();
    }

    /// <summary>Takes FasterLog's note of the commit just begun away, so that the end of its write is nothing to FasterLog but a write.</summary>
    /// <remarks>
    /// With the note, FasterLog starts a task on the thread pool to write its commit record, which here is none: for each commit a wake-up, and a pool
    /// thread that spins for the next one, which together cost more than the puts. The write itself is posted by now and done by this thread later, so
    /// nobody has seen the note yet.
    /// </remarks>
    private void ForgetCommits()
    {
        Queue<(long, FasterLogRecoveryInfo)> ongoing = OngoingCommits(_log);
        lock (ongoing) ongoing.Clear();
    }

    // There is no public way to write a FasterLog to its end without a commit. The compiler binds this to the pinned version of the package.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "ongoingCommitRequests")]
    private static extern ref Queue<(long Until, FasterLogRecoveryInfo Info)> OngoingCommits(FasterLog log);

    private sealed class NoCommitRecords : ILogCommitManager
    {
        public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
        {
        }

        public byte[] GetCommitMetadata(long commitNum) => [];

        public IEnumerable<long> ListCommits() => [];

        public void RemoveCommit(long commitNum)
        {
        }

        public void RemoveAllCommits()
        {
        }

        public void OnRecovery(long commitNum)
        {
        }

        public void Dispose()
        {
        }
    }
}
