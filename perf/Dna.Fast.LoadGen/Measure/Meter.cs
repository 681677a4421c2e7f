using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;
using HdrHistogram;

namespace Dna.Fast.LoadGen.Measure;

/// <summary>
/// What one thread measures in one run. Written by that thread alone; counters may be read by others, histograms after it has ended.
/// </summary>
internal sealed class Meter
{
    public const int Kinds = 5, Outcomes = 9, Strays = 7;

    /// <summary>Nanoseconds to 100 seconds with three digits: 300 KB, and no latency that matters is outside.</summary>
    private const long LatencyNsMax = 100 * Clock.Second;
    private const int Digits = 3;

    private readonly long[] _outcomes = new long[Kinds * Outcomes];
    private readonly long[] _strays = new long[Strays];
    private readonly LongHistogram?[] _latencies = new LongHistogram?[Kinds];

    public Meter(Mix mix, IntervalSeries series)
    {
        Series = series;
        for (int kind = 0; kind < Kinds; kind++)
        {
            bool used = kind <= (int)RequestKind.Put ? mix.Has((RequestKind)kind) : kind == (int)RequestKind.Listen;
            if (used) _latencies[kind] = new LongHistogram(1, LatencyNsMax, Digits);
        }
    }

    public IntervalSeries Series { get; }

    /// <summary>Datagrams sent and received in the whole run, measured or not.</summary>
    public long DatagramsOut;

    public long DatagramsIn;

    /// <summary>Good answers that arrived inside the window: the throughput.</summary>
    public long Answered;

    /// <summary>Bytes of the datagrams that arrived inside the window, and how many those were.</summary>
    public long WindowBytesIn;

    public long WindowDatagramsIn;

    /// <summary>Entries of the node lists of measured find answers, and how many such answers there were.</summary>
    public long NodesListed;

    public long NodeLists;

    /// <summary>Open loop: requests whose time had come inside the window and that were never sent.</summary>
    public long Unsent;

    /// <summary>Time this thread had nothing to do, inside the window, in nanoseconds.</summary>
    public long IdleNs;

    /// <summary>CPU time of the thread inside the window, in nanoseconds.</summary>
    public long CpuNs;

    public void Ended(in Slot slot, Outcome outcome, long nowNs)
    {
        int kind = (int)slot.Request.Kind;
        if (slot.IsMeasured)
        {
            _outcomes[kind * Outcomes + (int)outcome]++;
            if (outcome == Outcome.Ok) _latencies[kind]?.RecordValue(Math.Clamp(nowNs - slot.IntendedNs, 1, LatencyNsMax));
        }

        if (!slot.Request.IsMeasured) return;
        if (outcome == Outcome.Ok && Series.Add(nowNs, nowNs - slot.IntendedNs)) Answered++;
        else if (outcome != Outcome.Ok) Series.AddFailure(nowNs);
    }

    public void Count(Stray stray, long count = 1) => _strays[(int)stray] += count;

    public long this[RequestKind kind, Outcome outcome] => Volatile.Read(ref _outcomes[(int)kind * Outcomes + (int)outcome]);

    public long this[Stray stray] => Volatile.Read(ref _strays[(int)stray]);

    public LongHistogram? Latency(RequestKind kind) => _latencies[(int)kind];
}
