using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Load;

/// <summary>A run as it goes, for a person to look at.</summary>
/// <param name="Phase"><c>warm-up</c>, <c>measuring</c> or <c>draining</c>.</param>
/// <param name="Done">Share of the measured window that is over, 0 to 1.</param>
/// <param name="RepliesPerSecond">In the last complete interval.</param>
/// <param name="P50Us">Of the last complete interval.</param>
internal sealed record RunProgress(string Phase, double Done, double RepliesPerSecond, double P50Us, double P99Us, long Answered, long Lost,
    long Errors)
{
    public static RunProgress Of(IReadOnlyList<Meter> meters, in Window window, long now)
    {
        IntervalSeries first = meters[0].Series;
        int last = (int)Math.Clamp((now - window.FromNs) / first.IntervalNs - 1, -1, first.Count - 1);
        double rate = last < 0 ? 0 : meters.Sum(m => m.Series.Answered(last)) * 1e9 / first.IntervalNs;
        string phase = now < window.FromNs ? "warm-up" : now < window.ToNs ? "measuring" : "draining";
        long lost = 0, errors = 0;
        foreach (Meter meter in meters)
        {
            for (int kind = 0; kind < Meter.Kinds; kind++)
            {
                lost += meter[(RequestKind)kind, Outcome.Timeout];
                for (Outcome outcome = Outcome.Unauthorized; outcome <= Outcome.WrongNode; outcome++) errors += meter[(RequestKind)kind,
                    outcome];
            }
        }

        double done = Math.Clamp((double)(now - window.FromNs) / (window.ToNs - window.FromNs), 0, 1);
        double p50 = last < 0 ? 0 : meters.Max(m => m.Series.Latency(last, 0.5)) / 1000.0, p99 = last < 0 ? 0
            : meters.Max(m => m.Series.Latency(last, 0.99)) / 1000.0;
        return new RunProgress(phase, done, rate, p50, p99, meters.Sum(m => Volatile.Read(ref m.Answered)), lost, errors);
    }
}

/// <summary>Who shows progress. One thread.</summary>
internal interface IProgressSink
{
    void Say(string text);

    void Tell(RunProgress progress);

    /// <summary>The run has ended; called once per run.</summary>
    void End();
}

/// <summary>Shows nothing.</summary>
internal sealed class NoProgress : IProgressSink
{
    public void Say(string text)
    {
    }

    public void Tell(RunProgress progress)
    {
    }

    public void End()
    {
    }
}
