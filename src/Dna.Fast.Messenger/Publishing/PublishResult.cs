namespace Dna.Fast.Messenger;

/// <summary>What came of an item: the original's five numbers (DNA layer, section 15.3).</summary>
public enum PublishStatus
{
    /// <summary>At least one node took it.</summary>
    Published = 0,

    /// <summary>Not after all tries, or not ever: <see cref="PublishResult.Report"/> says why.</summary>
    Failed = -1,

    /// <summary>Its ticket was cancelled, a newer item replaced it, or the queue was closed first.</summary>
    Cancelled = -2,

    /// <summary>Not taken: as many items as may wait are waiting.</summary>
    QueueFull = -3,

    /// <summary>Not taken: an empty name, or a record larger than the network takes. Nothing was sent.</summary>
    InvalidParameters = -4,
}

/// <param name="Report">Of the last try: its code, and how many nodes took it.</param>
/// <param name="Tries">How often it was sent.</param>
public readonly record struct PublishResult(PublishStatus Status, PutReport Report, int Tries);

/// <summary>Where an item is.</summary>
public enum PublishStage
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>A try begins.</summary>
    Trying,

    /// <summary>A try failed, and there will be another one.</summary>
    Retrying,

    /// <summary>It ended: the result is there.</summary>
    Ended,
}

/// <param name="Id">The ticket's.</param>
/// <param name="Try">1 for the first one; 0 before it.</param>
/// <param name="Result">Of the last try, or the end; default before.</param>
/// <param name="Pause">With <see cref="PublishStage.Retrying"/>: how long until the next try.</param>
public readonly record struct PublishProgress(long Id, string Name, PublishStage Stage, int Try, PublishResult Result, TimeSpan Pause);

/// <summary>An item in the queue. Any thread.</summary>
public sealed class PublishTicket
{
    private readonly Action _cancel;

    internal PublishTicket(long id, string name, Task<PublishResult> result, Action cancel) => (Id, Name, Result, _cancel) = (id, name, result, cancel);

    /// <summary>Above 0; 0 when the queue did not take it (section 15.3).</summary>
    public long Id { get; }

    public string Name { get; }

    /// <summary>What came of it; never fails, and always ends: at the latest when the queue is closed.</summary>
    public Task<PublishResult> Result { get; }

    /// <summary>Ends it, unless it has ended.</summary>
    public void Cancel() => _cancel();
}

/// <param name="Published">Items that ended well while the queue was drained.</param>
/// <param name="Failed">Items that failed meanwhile.</param>
/// <param name="Cancelled">Items that were given up when the time was over; records that are kept are published after the next start.</param>
public readonly record struct DrainReport(int Published, int Failed, int Cancelled);

/// <summary>A queue in numbers. A snapshot; counts are since it was made.</summary>
/// <param name="Waiting">Items that have not ended.</param>
/// <param name="InFlight">Tries on their way.</param>
/// <param name="Kept">Records that are published again after each start.</param>
/// <param name="Pace">What lies between two tries now: more after failures.</param>
/// <param name="Superseded">Kept records that were given up, because another device of ours wrote a newer version.</param>
public sealed record PublishStatistics(
    int Waiting, int InFlight, int Kept, TimeSpan Pace, long Added, long Published, long Failed, long Cancelled, long RefusedFull, long RefusedInvalid, long Retries, long Superseded,
    long DamagedFiles, long FileFailures);
