using System.Diagnostics;

namespace Dna.Fast.Benchmarks.Tests;

/// <summary>What a benchmark allocates once it runs warm, and how long it took.</summary>
/// <param name="Bytes">Of one operation, in the quietest round.</param>
/// <param name="Nanoseconds">Of one call, in the fastest round; for people to read, nothing depends on it.</param>
internal readonly record struct AllocationCheck(double Bytes, double Nanoseconds)
{
    /// <summary>Calls that a round has time for: enough that what allocates now and then shows, few enough that a test stays short.</summary>
    private const double RoundMs = 20;

    private const int CallsMax = 10_000;

    /// <summary>What an operation itself allocates, it allocates in every round; what the runtime does beside it, it does not do in all of these.</summary>
    private const int RoundsMax = 20;

    /// <summary>Runs rounds until one keeps within the budget, or until it is sure that none will.</summary>
    public static AllocationCheck Run(BenchmarkCase benchmark, long budget)
    {
        // The first call pays for being compiled, and shows how long one takes.
        double fastestMs = Round(benchmark, 1).Ms, bytes = double.MaxValue;
        for (int round = 0; round < RoundsMax && bytes > budget; round++)
        {
            (double allocated, double ms) = Round(benchmark, (int)Math.Clamp(RoundMs / Math.Max(fastestMs, 1e-6), 1, CallsMax));
            bytes = Math.Min(bytes, allocated);
            fastestMs = Math.Min(fastestMs, ms);
        }

        return new AllocationCheck(bytes, fastestMs * 1e6);
    }

    private static (double Bytes, double Ms) Round(BenchmarkCase benchmark, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        double bytes = benchmark.Measure(calls);
        return (bytes, Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls);
    }
}
