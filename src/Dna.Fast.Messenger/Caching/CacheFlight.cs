namespace Dna.Fast.Messenger;

/// <summary>One search of the network for one key, and all who wait for it.</summary>
internal sealed class CacheFlight<T>(CancellationToken shutdown) : IDisposable
{
    private readonly TaskCompletionSource<Answer<T>> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(shutdown);

    /// <summary>Cancelled when nobody waits any more, or the cache is closed.</summary>
    public CancellationToken Ending => _ending.Token;

    public Task<Answer<T>> Landed => _landed.Task;

    /// <summary>Who waits. Under the region's gate.</summary>
    public int Waiters { get; set; }

    /// <summary>True when the entry was written, taken out or read anew since the search began: what it finds is not kept. Under the region's gate.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>True when it goes on although nobody waits.</summary>
    public bool IsBackground { get; init; }

    public void Land(Answer<T> answer) => _landed.TrySetResult(answer);

    public void Fail(Exception exception)
    {
        _landed.TrySetException(exception);
        // A search in the background has nobody who would look at it.
        _ = _landed.Task.Exception;
    }

    /// <summary>Nobody waits any more.</summary>
    public void End()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It landed at this moment.
        }
    }

    public void Dispose() => _ending.Dispose();
}
