using System.Diagnostics;

namespace Dna.Fast.LoadGen.Load;

/// <summary>The generator's clock.</summary>
internal static class Clock
{
    public const long Second = 1_000_000_000, Millisecond = 1_000_000;

    /// <summary>Nanoseconds since some moment; never goes back.</summary>
    public static long NowNs() => Stopwatch.Frequency == Second ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
