namespace Dna.Fast.Kademlia;

/// <summary>How long something took, counted in fixed buckets. One thread adds with plain stores; any thread reads slightly old counts.</summary>
public sealed class LatencyHistogram
{
    // A cache line of slack at both ends keeps two threads' histograms from sharing a line.
    private const int Slack = 16;

    private static readonly long[] UpperMicroseconds =
    [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ];

    private readonly long[] _counts = new long[UpperMicroseconds.Length + 1 + 2 * Slack];
    private long _sumMicroseconds;

    /// <summary>Upper bounds of the buckets in microseconds, each inclusive and ascending; a last bucket without a bound follows them.</summary>
    public static ReadOnlySpan<long> Bounds => UpperMicroseconds;

    /// <summary>Sum of everything added, in microseconds.</summary>
    public long SumMicroseconds => Volatile.Read(ref _sumMicroseconds);

    /// <summary>Durations in one bucket alone; <paramref name="bucket"/> is 0 to the number of <see cref="Bounds"/>.</summary>
    public long this[int bucket] => Volatile.Read(ref _counts[Slack + bucket]);

    /// <summary>Adds one duration; a negative one counts as none at all. The one thread that adds.</summary>
    public void Add(long microseconds)
    {
        long duration = Math.Max(0, microseconds);
        int bucket = 0;
        while (bucket < UpperMicroseconds.Length && duration > UpperMicroseconds[bucket]) bucket++;
        ref long count = ref _counts[Slack + bucket];
        Volatile.Write(ref count, count + 1);
        Volatile.Write(ref _sumMicroseconds, _sumMicroseconds + duration);
    }
}
