using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>Counts what handlers throw, and tells of it at most once a second: a stranger who found a bug must not own the log.</summary>
/// <remarks>One thread, the worker's.</remarks>
internal sealed class FailureReport(int worker, CounterSet counters, Action<int, Exception>? report)
{
    private const long PauseMs = 1000;

    private long _quietUntilMs = long.MinValue;

    public void Add(in Instant now, Exception failure)
    {
        counters.Add(Counter.HandlerFailures);
        if (now.Ms < _quietUntilMs) return;
        _quietUntilMs = now.Ms + PauseMs;
        try
        {
            report?.Invoke(worker, failure);
        }
#pragma warning disable CA1031 // Whoever is told must not end the node either.
        catch (Exception)
#pragma warning restore CA1031
        {
            counters.Add(Counter.HandlerFailures);
        }
    }
}
