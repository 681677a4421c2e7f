namespace Dna.Fast.Messenger;

/// <summary>Publishes in the background, as fast as a network takes it: items wait for readiness, are paced, tried again after a pause, and every one ends with a result (DNA layer, section 15.3).</summary>
/// <remarks>
/// Any thread. Items of one name follow one another; others go side by side. Records that are kept are published again after each start, unless another device of ours wrote a newer version
/// meanwhile; while the client runs, the network below announces them. Disposing drains within <see cref="PublishOptions.DrainWithin"/>.
/// </remarks>
public sealed partial class PublishQueue : IAsyncDisposable
{
    /// <summary>A try of a small record, searches and all.</summary>
    private static readonly TimeSpan TryDeadlineLeast = TimeSpan.FromSeconds(10);

    /// <summary>What a try gets more for each KiB: limits scale with size (pain row 26).</summary>
    private static readonly TimeSpan TryDeadlinePerKibibyte = TimeSpan.FromSeconds(1);

    private readonly RecordNetwork _network;
    private readonly PublishOptions _options;
    private readonly TimeProvider _time;
    private readonly Pacer _pacer;
    private readonly KeptRecords _kept;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    // All of these under the lock.
    private readonly Dictionary<long, PublishEntry> _entries = [];
    private readonly Dictionary<string, Task> _turns = [];
    private readonly HashSet<Task> _running = [];
    private bool _isClosed;
    private long _lastId;
    private long _added, _published, _failed, _cancelled, _refusedFull, _refusedInvalid, _retries, _superseded;

    /// <summary>Opens the list of kept records and begins to publish them.</summary>
    public PublishQueue(RecordNetwork network, PublishOptions? options = null)
    {
        _network = network;
        _options = options ?? new PublishOptions();
        _time = network.Time;
        _pacer = new Pacer(_options, _time);
        _kept = new KeptRecords(_options.KeptFile);
        lock (_lock) Begin(KeepAsync);
    }

    /// <summary>Told where items are, on the thread that is at work on them and under no lock. Must not throw, and must not wait.</summary>
    public event Action<PublishProgress>? Progressed;

    /// <summary>The queue in numbers.</summary>
    public PublishStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new PublishStatistics(
                    _entries.Count, _pacer.InFlight, _kept.Count, _pacer.Pace, _added, _published, _failed, _cancelled, _refusedFull, _refusedInvalid, _retries, _superseded, _kept.Damaged, _kept.Failures);
            }
        }
    }

    /// <summary>Adds an item.</summary>
    /// <returns>Its ticket. Refused, it has id 0 and its result is there already: QueueFull, InvalidParameters, or Cancelled when the queue is closed.</returns>
    public PublishTicket Add(PublishItem item)
    {
        if (item.Name.Length is 0 or > ushort.MaxValue / 3) return Refuse(item, PublishStatus.InvalidParameters, ResultCode.InvalidParameter);
        if (item.Data.Length > RecordLimits.ValueDataBytesMax) return Refuse(item, PublishStatus.InvalidParameters, ResultCode.OutOfMemory);
        PublishEntry entry;
        PublishEntry[] replaced;
        Task before;
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_isClosed) return Refuse(item, PublishStatus.Cancelled, ResultCode.NotInitialized);
            replaced = item.Replaces ? [.. _entries.Values.Where(other => other.Item.Name == item.Name && !other.HasBegun)] : [];
            if (_entries.Count - replaced.Length >= _options.ItemsMax) return Refuse(item, PublishStatus.QueueFull, ResultCode.OutOfMemory);
            if (item.IsKept && !_kept.TryPut(new KeptRecord(item.Name, item.Key, 0, item.Type, 0, item.IsShared, item.Data.ToArray())))
                return Refuse(item, PublishStatus.QueueFull, ResultCode.OutOfMemory);
            _added++;
            entry = new PublishEntry(++_lastId, item, _closing.Token);
            _entries.Add(entry.Id, entry);
            (before, turn) = TakeTurn(item.Name);
        }

        foreach (PublishEntry old in replaced) old.Cancel();
        entry.Token.UnsafeRegister(_ => End(entry, PublishStatus.Cancelled, entry.LastReport), null);
        Tell(entry, PublishStage.Queued);
        lock (_lock) Begin(() => RunAsync(entry, before, turn));
        return new PublishTicket(entry.Id, item.Name, entry.Result, entry.Cancel);
    }

    /// <summary>Keeps a record no more, and announces it no more; in the network it lives on until it expires.</summary>
    /// <returns>False when no kept record has this name.</returns>
    public bool StopKeeping(string name)
    {
        if (_kept.Remove(name) is not { } record) return false;
        _kept.Save();
        if (record.Id != 0) _network.StopAnnouncing(record.Key, record.Id);
        return true;
    }

    /// <summary>Takes no more items, waits until all have ended, and at the end of the time cancels the rest.</summary>
    public async Task<DrainReport> DrainAsync(TimeSpan within)
    {
        PublishEntry[] entries;
        lock (_lock)
        {
            _isClosed = true;
            entries = [.. _entries.Values];
        }

        Task<PublishResult[]> all = Task.WhenAll(entries.Select(entry => entry.Result));
        try
        {
            await all.WaitAsync(new Deadline(_time, within).LeftToWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The rest is cancelled.
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        PublishResult[] results = await all.ConfigureAwait(false);
        return new DrainReport(Count(PublishStatus.Published), Count(PublishStatus.Failed), Count(PublishStatus.Cancelled));

        int Count(PublishStatus status) => results.Count(result => result.Status == status);
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(_options.DrainWithin).ConfigureAwait(false);
        Task[] running;
        lock (_lock) running = [.. _running];
        try
        {
            // All of them are cancelled; one that does not listen keeps its turn for itself.
            await Task.WhenAll(running).WaitAsync(new Deadline(_time, _options.DrainWithin).LeftToWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }

        _kept.Save();
        _pacer.Dispose();
        _closing.Dispose();
    }

    private static TimeSpan DeadlineOf(PublishItem item) => item.TryDeadline ?? DeadlineOf(item.Data.Length);

    internal static TimeSpan DeadlineOf(int bytes) => TryDeadlineLeast + bytes / 1024 * TryDeadlinePerKibibyte;

    private PublishTicket Refuse(PublishItem item, PublishStatus status, ResultCode code)
    {
        if (status == PublishStatus.QueueFull) Interlocked.Increment(ref _refusedFull);
        if (status == PublishStatus.InvalidParameters) Interlocked.Increment(ref _refusedInvalid);
        return new PublishTicket(0, item.Name, Task.FromResult(new PublishResult(status, PutReport.No(code), 0)), () => { });
    }

    /// <summary>Under the lock.</summary>
    private void Begin(Func<Task> work)
    {
        Task task = Task.Run(work);
        _running.Add(task);
        task.ContinueWith(
            _ =>
            {
                lock (_lock) _running.Remove(task);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Under the lock. A name's turns follow one another in the order in which they were taken.</summary>
    private (Task Before, TaskCompletionSource Turn) TakeTurn(string name)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before = _turns.GetValueOrDefault(name, Task.CompletedTask);
        _turns[name] = turn.Task;
        return (before, turn);
    }

    private void EndTurn(string name, TaskCompletionSource turn)
    {
        lock (_lock)
        {
            if (_turns.GetValueOrDefault(name) == turn.Task) _turns.Remove(name);
        }

        turn.SetResult();
    }

    private void End(PublishEntry entry, PublishStatus status, PutReport report)
    {
        lock (_lock)
        {
            if (!_entries.Remove(entry.Id)) return;
            if (status == PublishStatus.Published) _published++;
            else if (status == PublishStatus.Failed) _failed++;
            else _cancelled++;
        }

        entry.End(new PublishResult(status, report, entry.Tries));
        Tell(entry, PublishStage.Ended, new PublishResult(status, report, entry.Tries));
    }

    private void Tell(PublishEntry entry, PublishStage stage, PublishResult result = default, TimeSpan pause = default) =>
        Progressed?.Invoke(new PublishProgress(entry.Id, entry.Item.Name, stage, entry.Tries, result, pause));
}
