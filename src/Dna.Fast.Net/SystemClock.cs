using System.Diagnostics;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>The system's monotonic clock and its calendar clock. Any thread; allocates nothing.</summary>
public sealed class SystemClock : IClock
{
    // Stopwatch and not TickCount64: the latter may step by 4 to 16 ms, which would round every timer of the node.
    private static readonly long TicksPerMs = Stopwatch.Frequency / 1000;

    private SystemClock()
    {
    }

    public static SystemClock Instance { get; } = new();

    public Instant Now => new(Stopwatch.GetTimestamp() / TicksPerMs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}
