using System.Numerics;

namespace Dna.Fast.LoadGen.Measure;

/// <summary>Answers, failures and latencies by interval of a window. Written by one thread; counts may be read by others.</summary>
/// <remarks>
/// Latencies are kept in eight steps per power of two (6 % apart): enough for a plot over time, and small enough that a long run's memory
/// is taken before it starts.
/// </remarks>
internal sealed class IntervalSeries
{
    private const int StepsPerOctave = 8, Steps = 40 * StepsPerOctave;

    private readonly long _fromNs;
    private readonly long _intervalNs;
    private readonly int _count;
    private readonly int[] _steps;
    private readonly long[] _answered;
    private readonly long[] _failed;

    /// <param name="fromNs">Start of the window.</param>
    /// <param name="intervalNs">Length of an interval.</param>
    /// <param name="count">Intervals; the last may be cut by the window's end.</param>
    public IntervalSeries(long fromNs, long intervalNs, int count)
    {
        _fromNs = fromNs;
        _intervalNs = intervalNs;
        _count = count;
        _steps = new int[count * Steps];
        _answered = new long[count];
        _failed = new long[count];
    }

    public int Count => _count;

    public long IntervalNs => _intervalNs;

    /// <summary>Counts a good answer.</summary>
    /// <returns>False when it lies outside the window.</returns>
    public bool Add(long nowNs, long latencyNs)
    {
        int interval = IndexOf(nowNs);
        if (interval < 0) return false;
        _answered[interval]++;
        _steps[interval * Steps + StepOf(latencyNs)]++;
        return true;
    }

    public void AddFailure(long nowNs)
    {
        int interval = IndexOf(nowNs);
        if (interval >= 0) _failed[interval]++;
    }

    public long Answered(int interval) => Volatile.Read(ref _answered[interval]);

    public long Failed(int interval) => Volatile.Read(ref _failed[interval]);

    /// <summary>Adds another thread's series of the same window.</summary>
    public void Add(IntervalSeries other)
    {
        for (int i = 0; i < _steps.Length; i++) _steps[i] += other._steps[i];
        for (int i = 0; i < _count; i++)
        {
            _answered[i] += other._answered[i];
            _failed[i] += other._failed[i];
        }
    }

    /// <summary>The latency below which a share of an interval's answers stayed, in nanoseconds; 0 when there were none.</summary>
    /// <param name="share">0 to 1.</param>
    public long Latency(int interval, double share)
    {
        ReadOnlySpan<int> steps = _steps.AsSpan(interval * Steps, Steps);
        long total = 0, seen = 0;
        foreach (int step in steps) total += step;
        if (total == 0) return 0;
        for (int i = 0; i < Steps; i++)
        {
            seen += steps[i];
            if (seen >= share * total) return UpperEdge(i);
        }

        return UpperEdge(Steps - 1);
    }

    private int IndexOf(long nowNs)
    {
        long interval = nowNs < _fromNs ? -1 : (nowNs - _fromNs) / _intervalNs;
        return interval < _count ? (int)interval : -1;
    }

    private static int StepOf(long latencyNs)
    {
        ulong value = (ulong)Math.Max(latencyNs, StepsPerOctave);
        int octave = BitOperations.Log2(value) - 3;
        return Math.Min(Steps - 1, octave * StepsPerOctave + (int)(value >> octave & 7));
    }

    private static long UpperEdge(int step) => (long)(8 + step % StepsPerOctave + 1) << (step / StepsPerOctave);
}
