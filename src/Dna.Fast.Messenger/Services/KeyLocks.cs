namespace Dna.Fast.Messenger;

/// <summary>One turn at a time for each of many names, without a lock for each: names share stripes. Any thread.</summary>
internal sealed class KeyLocks : IDisposable
{
    // As many as the original's (DNA layer, section 15.2): two names seldom share one.
    private const int Stripes = 32;

    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn of a name; disposing the result ends it.</summary>
    /// <returns>Null when the deadline came first.</returns>
    public async Task<IDisposable?> EnterAsync(string name, Deadline deadline, CancellationToken cancellation)
    {
        SemaphoreSlim stripe = _stripes[(uint)StringComparer.Ordinal.GetHashCode(name) % Stripes];
        return await stripe.WaitAsync(deadline.LeftToWait, cancellation).ConfigureAwait(false) ? new Turn(stripe) : null;
    }

    public void Dispose()
    {
        // A semaphore whose wait handle nobody asked for holds nothing; disposed under whoever has its turn, it would throw at the end of the turn.
    }

    private sealed class Turn(SemaphoreSlim stripe) : IDisposable
    {
        private SemaphoreSlim? _stripe = stripe;

        public void Dispose() => Interlocked.Exchange(ref _stripe, null)?.Release();
    }
}
