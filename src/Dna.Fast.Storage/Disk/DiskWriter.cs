// Unsafe: the source of a write is memory of a FASTER page. FASTER keeps the page in place until the completion callback has been called.
using System.Diagnostics;
using Dna.Fast.Kademlia;
using Dna.Fast.Storage.Faster;
using FASTER.core;

namespace Dna.Fast.Storage.Disk;

/// <summary>One write of FASTER's, waiting its turn.</summary>
/// <param name="Device">Where to.</param>
/// <param name="Source">The first byte of the page memory.</param>
/// <param name="Address">Address in the files of <paramref name="Device"/>.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Done">FASTER's callback: error code, bytes, context.</param>
/// <param name="Context">For <paramref name="Done"/>.</param>
internal readonly record struct WriteRequest(
    StoreDevice Device, nint Source, long Address, uint Bytes, DeviceIOCompletionCallback Done, object Context);

/// <summary>What the writer's thread does besides writing.</summary>
internal interface IWriterDuty
{
    /// <summary>Called before waiting; may post writes.</summary>
    /// <returns>Milliseconds until it wants to be called again, or <see cref="Timeout.Infinite"/>.</returns>
    int BeforeWrites();

    /// <summary>Called after each batch of writes and whenever <see cref="DiskWriter.Stall"/> changed.</summary>
    void AfterWrites();
}

/// <summary>The one thread that writes FASTER's pages, so that no thread that serves datagrams ever waits for a disk.</summary>
/// <remarks>
/// A batch is everything that waits: written, then synced once, then completed. A write that fails is never reported to FASTER, which would give up for
/// good: the whole batch is written and synced again (after a failed sync the kernel may have dropped the pages, so syncing alone would lie) until it
/// works, and meanwhile <see cref="Stall"/> says why the store takes nothing.
/// </remarks>
internal sealed class DiskWriter : IDisposable
{
    // Long enough not to hammer a full disk, short enough that room is found soon after somebody made it.
    private const int RetryMs = 100;

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _abandon = new(false);
    private readonly IWriterDuty _duty;
    private readonly Thread _thread;
    private List<WriteRequest> _waiting = [];
    private List<WriteRequest> _batch = [];
    private volatile bool _stopping;
    private volatile string? _stall;

    public DiskWriter(IWriterDuty duty)
    {
        _duty = duty;
        _thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
    }

    /// <summary>Why nothing can be written just now, or null.</summary>
    public string? Stall => _stall;

    public bool IsRunning => _thread.IsAlive;

    /// <summary>How long batches took that had to be synced, until they were.</summary>
    public LatencyHistogram Commits { get; } = new();

    public void Start() => _thread.Start();

    public void Post(in WriteRequest request)
    {
        lock (_lock) _waiting.Add(request);
        _wake.Set();
    }

    /// <summary>Lets the duty run soon.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Writes what waits and stops; gives up on a disk that does not take it after <paramref name="patienceMs"/>.</summary>
    public void Stop(int patienceMs)
    {
        if (!_thread.IsAlive) return;
        _stopping = true;
        _wake.Set();
        if (_thread.Join(patienceMs)) return;
        _abandon.Set();
        _wake.Set();
        _thread.Join(patienceMs);
    }

    public void Dispose()
    {
        Stop(RetryMs);
        if (_thread.IsAlive) return;
        _wake.Dispose();
        _abandon.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            int wait = _duty.BeforeWrites();
            lock (_lock) (_waiting, _batch) = (_batch, _waiting);
            if (_batch.Count == 0)
            {
                if (_stopping) return;
                _wake.WaitOne(wait);
                continue;
            }

            long started = Stopwatch.GetTimestamp();
            uint error = WriteBatch() ? 0u : 1u;
            if (error == 0 && _batch.Exists(static request => request.Device.MustSync))
                Commits.Add((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            foreach (WriteRequest request in _batch)
            {
                if (error == 0) request.Device.WrittenUntil = Math.Max(request.Device.WrittenUntil, request.Address + request.Bytes);
                request.Done(error, error == 0 ? request.Bytes : 0, request.Context);
            }

            _batch.Clear();
            _duty.AfterWrites();
        }
    }

    /// <returns>False when the disk did not take it and nobody wants to wait any longer.</returns>
    private bool WriteBatch()
    {
        while (true)
        {
            try
            {
                WriteOnce();
                if (_stall is not null)
                {
                    _stall = null;
                    _duty.AfterWrites();
                }

                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _stall = DiskErrors.Explain(exception);
                _duty.AfterWrites();
                if (_abandon.Wait(RetryMs)) return false;
            }
        }
    }

    private unsafe void WriteOnce()
    {
        foreach (WriteRequest request in _batch)
        {
            request.Device.Files.Write(new ReadOnlySpan<byte>((void*)request.Source, (int)request.Bytes), request.Address);
        }

        // All that must be synced belongs to one log and is contiguous: one range.
        SegmentFiles? files = null;
        long from = long.MaxValue, to = 0;
        foreach (WriteRequest request in _batch)
        {
            if (!request.Device.MustSync) continue;
            files = request.Device.Files;
            from = Math.Min(from, request.Address);
            to = Math.Max(to, request.Address + request.Bytes - 1);
        }

        files?.Sync(from, to);
    }
}
