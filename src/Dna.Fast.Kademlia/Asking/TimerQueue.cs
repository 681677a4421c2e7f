namespace Dna.Fast.Kademlia.Asking;

/// <summary>A timer that was scheduled. Cancelling is cheap: the entry stays in the queue and does nothing.</summary>
internal sealed class Timer(Action action)
{
    private Action? _action = action;

    public bool IsDone => _action is null;

    public void Cancel() => _action = null;

    internal void Run()
    {
        Action? action = _action;
        _action = null;
        action?.Invoke();
    }
}

/// <summary>Timers in the milliseconds of <see cref="Instant.Ms"/>. Owner thread only.</summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<Timer, (long DueMs, long Order)> _queue = new();
    private long _order;

    /// <summary>When the first timer is due; <see cref="long.MaxValue"/> without one.</summary>
    public long NextDueMs
    {
        get
        {
            while (_queue.TryPeek(out Timer? timer, out (long DueMs, long Order) key))
            {
                if (!timer.IsDone) return key.DueMs;
                _queue.Dequeue();
            }

            return long.MaxValue;
        }
    }

    // Equal times run in the order of scheduling, so that one seed replays one history.
    public Timer Schedule(long dueMs, Action action)
    {
        var timer = new Timer(action);
        _queue.Enqueue(timer, (dueMs, _order++));
        return timer;
    }

    /// <summary>Runs what is due. A timer scheduled meanwhile for now or earlier waits for the next call: no call runs for ever.</summary>
    /// <returns>True when anything ran.</returns>
    public bool RunDue(long nowMs)
    {
        bool ran = false;
        long last = _order;
        while (_queue.TryPeek(out Timer? timer, out (long DueMs, long Order) key) && key.DueMs <= nowMs && key.Order < last)
        {
            _queue.Dequeue();
            ran |= !timer.IsDone;
            timer.Run();
        }

        return ran;
    }
}
