namespace Dna.Fast.Proxy;

/// <summary>Bytes that wait in all streams of a proxy, and that its gets keep, together. Any thread.</summary>
internal sealed class StreamBudget
{
    /// <summary>Half of what the store may have of memory by default: a thousand readers that stall at once take no more.</summary>
    public const long BytesMax = 32 << 20;

    private long _waiting;

    /// <summary>Takes or, with a negative number, gives back.</summary>
    /// <returns>False when there is no room; nothing was taken then.</returns>
    public bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _waiting, bytes) <= BytesMax || bytes < 0) return true;
        Interlocked.Add(ref _waiting, -bytes);
        return false;
    }
}

/// <summary>What one get takes of a budget; given back when it ends. Any thread.</summary>
internal sealed class BudgetShare(StreamBudget budget) : IDisposable
{
    private readonly Lock _lock = new();
    private long _taken;
    private bool _isOver;

    /// <returns>False when there is no room, or the get ended.</returns>
    public bool TryAdd(long bytes)
    {
        lock (_lock)
        {
            if (_isOver || !budget.TryAdd(bytes)) return false;
            _taken += bytes;
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isOver) return;
            _isOver = true;
            budget.TryAdd(-_taken);
        }
    }
}
