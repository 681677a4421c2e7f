namespace Dna.Fast.Messenger;

/// <summary>Says when the next try may begin: so many at a time, so much between two, more of it after failures (pain row 24). Any thread.</summary>
internal sealed class Pacer(PublishOptions options, TimeProvider time) : IDisposable
{
    /// <summary>What a pace of nothing becomes at the first failure.</summary>
    private static readonly TimeSpan BackOffFirst = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _slots = new(options.InFlightMax, options.InFlightMax);
    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _pace = options.Pace;
    // Before all time: the first tries are a burst.
    private TimeSpan _next = TimeSpan.MinValue;
    private int _inFlight;

    public TimeSpan Pace
    {
        get
        {
            lock (_lock) return _pace;
        }
    }

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Waits for the turn; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; there is no turn to end.</exception>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Reserve() is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
        catch
        {
            _slots.Release();
            throw;
        }

        Interlocked.Increment(ref _inFlight);
    }

    public void Leave(bool isReached)
    {
        lock (_lock)
        {
            TimeSpan doubled = _pace < BackOffFirst ? BackOffFirst : 2 * _pace;
            TimeSpan halved = _pace / 2;
            if (isReached) _pace = halved > options.Pace ? halved : options.Pace;
            else _pace = doubled < options.PaceMax ? doubled : options.PaceMax;
        }

        Interlocked.Decrement(ref _inFlight);
        _slots.Release();
    }

    public void Dispose() => _slots.Dispose();

    /// <returns>How long until the try may begin.</returns>
    private TimeSpan Reserve()
    {
        lock (_lock)
        {
            TimeSpan now = time.GetElapsedTime(_origin);
            // What was not used in the past is worth a burst, and no more.
            TimeSpan earliest = now - (options.Burst - 1) * _pace;
            if (_next < earliest) _next = earliest;
            TimeSpan begin = _next;
            _next += _pace;
            return begin - now;
        }
    }
}
