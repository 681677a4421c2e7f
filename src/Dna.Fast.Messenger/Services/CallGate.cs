namespace Dna.Fast.Messenger;

/// <summary>Lets calls in until it is closed, and then waits for those that are in, for as long as the caller says. Any thread; nothing runs under its lock.</summary>
internal sealed class CallGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private bool _isClosed;

    public CallGate()
    {
        Closing = _closing.Token;
        Ended = _ended.Token;
    }

    /// <summary>Cancelled when nobody is let in any more: for what waits without a call.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Cancelled when calls had their time to end by themselves.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Begins a call; <see cref="Leave"/> ends it.</summary>
    /// <returns>False when the gate is closed: there is nothing to leave.</returns>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            _inside++;
            return true;
        }
    }

    public void Leave()
    {
        bool isEmpty;
        lock (_lock) isEmpty = --_inside == 0 && _isClosed;
        if (isEmpty) _empty.TrySetResult();
    }

    /// <summary>Lets nobody in any more, waits for those inside, and cancels whoever is still there at the end of the time.</summary>
    /// <returns>True when all had left by themselves.</returns>
    public async Task<bool> CloseAsync(TimeSpan bound, TimeProvider time)
    {
        lock (_lock)
        {
            _isClosed = true;
            if (_inside == 0) _empty.TrySetResult();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        bool isEmpty = await IsOverAsync(_empty.Task, bound, time).ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        return isEmpty;
    }

    /// <summary>Closes without waiting: whoever is inside is cancelled.</summary>
    public void Dispose()
    {
        lock (_lock) _isClosed = true;
        // Not disposed: whoever is inside may still ask its token.
        _closing.Cancel();
        _ended.Cancel();
    }

    /// <summary>Waits for a task's end, however it ends.</summary>
    /// <returns>False when the time was over first.</returns>
    public static async Task<bool> IsOverAsync(Task task, TimeSpan bound, TimeProvider time)
    {
        if (task.IsCompleted) return true;
        try
        {
            // How it ends is for whoever asks the task.
            await Task.WhenAny(task).WaitAsync(new Deadline(time, bound).LeftToWait, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
