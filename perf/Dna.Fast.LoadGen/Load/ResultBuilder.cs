using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;
using HdrHistogram;

namespace Dna.Fast.LoadGen.Load;

/// <summary>Adds up what the threads measured.</summary>
internal sealed class ResultBuilder(Session session, LoadOptions options, IReadOnlyList<Meter> meters, Sample first, Sample last,
    Window window)
{
    /// <summary>A thread busier than this is taken for the limit of the run.</summary>
    private const double BusyAsLimit = 0.95;

    public RunResult Build(string startedAt)
    {
        double seconds = Math.Max(1, Math.Min(window.ToNs, last.AtNs) - window.FromNs) / 1e9;
        Dictionary<string, long> outcomes = Outcomes();
        LongHistogram all = Latencies(out Dictionary<string, LatencySummary> byKind);
        long answered = meters.Sum(m => m.Answered);
        KernelCounters kernel = last.Kernel.Minus(first.Kernel);
        long sent = last.DatagramsOut - first.DatagramsOut, received = last.DatagramsIn - first.DatagramsIn;
        return new RunResult
        {
            Command = options.Command,
            StartedAt = startedAt,
            Target = new TargetInfo(options.Node.ToString(), session.NodeId.ToString(), options.Network, session.IsEcho,
                session.NodesListed),
            Settings = Settings(),
            Seconds = Math.Round(seconds, 3),
            RepliesPerSecond = Math.Round(answered / seconds, 1),
            Requests = outcomes.Values.Sum(),
            Lost = outcomes.GetValueOrDefault(Names.Of(Outcome.Timeout)),
            Unsent = meters.Sum(m => m.Unsent),
            Outcomes = outcomes,
            Strays = Strays(),
            Latency = LatencySummary.Of(all),
            LatencyByKind = byKind.Count > 1 ? byKind : [],
            Percentiles = LatencySummary.Curve(all),
            Intervals = Intervals(Total(), seconds),
            ReplyBytes = Math.Round(meters.Sum(m => m.WindowBytesIn) / Math.Max(1.0, meters.Sum(m => m.WindowDatagramsIn)), 1),
            NodesPerFind = Math.Round(meters.Sum(m => m.NodesListed) / Math.Max(1.0, meters.Sum(m => m.NodeLists)), 2),
            Generator = Generator(),
            Kernel = new KernelInfo(sent, received, kernel.InDatagrams, kernel.OutDatagrams, kernel.ReceiveBufferErrors,
                Math.Round(100.0 * kernel.InDatagrams / Math.Max(1, sent + received), 2)),
            Server = Server(answered),
        };
    }

    private Dictionary<string, long> Outcomes()
    {
        Dictionary<string, long> outcomes = [];
        for (Outcome outcome = Outcome.Ok; outcome <= Outcome.WrongNode; outcome++)
        {
            long count = 0;
            for (int kind = 0; kind < Meter.Kinds; kind++) count += meters.Sum(m => m[(RequestKind)kind, outcome]);
            if (count > 0) outcomes[Names.Of(outcome)] = count;
        }

        return outcomes;
    }

    private Dictionary<string, long> Strays()
    {
        Dictionary<string, long> strays = [];
        for (Stray stray = Stray.Malformed; stray <= Stray.NodeQuery; stray++)
        {
            long count = meters.Sum(m => m[stray]);
            if (count > 0) strays[Names.Of(stray)] = count;
        }

        return strays;
    }

    private LongHistogram Latencies(out Dictionary<string, LatencySummary> byKind)
    {
        byKind = [];
        var all = new LongHistogram(1, 100 * Clock.Second, 3);
        for (int kind = 0; kind < Meter.Kinds; kind++)
        {
            LongHistogram? ofKind = null;
            foreach (Meter meter in meters)
            {
                if (meter.Latency((RequestKind)kind) is not { TotalCount: > 0 } part) continue;
                ofKind ??= new LongHistogram(1, 100 * Clock.Second, 3);
                ofKind.Add(part);
            }

            if (ofKind == null) continue;
            all.Add(ofKind);
            byKind[((RequestKind)kind).ToString().ToLowerInvariant()] = LatencySummary.Of(ofKind);
        }

        return all;
    }

    private IntervalSeries Total()
    {
        IntervalSeries total = meters[0].Series;
        for (int i = 1; i < meters.Count; i++) total.Add(meters[i].Series);
        return total;
    }

    /// <summary>A series as points of a plot.</summary>
    /// <param name="seconds">Length of the window.</param>
    public static List<IntervalPoint> Intervals(IntervalSeries total, double seconds)
    {
        double length = total.IntervalNs / 1e9;
        List<IntervalPoint> points = [];
        for (int i = 0; i < total.Count && i * length < seconds; i++)
        {
            // The last interval may be shorter than the others.
            double part = Math.Min(length, seconds - i * length);
            if (part < length / 2) break;
            points.Add(new IntervalPoint(Math.Round(i * length, 3), Math.Round(total.Answered(i) / part, 1), total.Failed(i),
                total.Latency(i, 0.5) / 1000.0, total.Latency(i, 0.99) / 1000.0));
        }

        return points;
    }

    private GeneratorInfo Generator()
    {
        double elapsed = Math.Max(1, last.AtNs - first.AtNs), length = window.ToNs - window.FromNs;

        // CPU time says how busy a thread is, unless it spins; the time it found nothing to do says it then.
        double busiest = meters.Max(m => options.Spin ? 1 - m.IdleNs / length : m.CpuNs / length);
        busiest = Math.Round(Math.Clamp(busiest, 0, 1), 3);
        return new GeneratorInfo(Math.Round((last.OwnCpuNs - first.OwnCpuNs) / elapsed, 3), busiest, busiest >= BusyAsLimit);
    }

    private ServerInfo? Server(long answered)
    {
        if (!first.HasServer || !last.HasServer) return null;
        double cpuNs = last.Server.CpuNs - first.Server.CpuNs;

        // Both over the time between the samples: the answers are those of the window, which the samples bracket to within milliseconds.
        double cores = cpuNs / Math.Max(1, last.AtNs - first.AtNs), windowSeconds = (window.ToNs - window.FromNs) / 1e9;
        return new ServerInfo(options.ServerPid, Math.Round(cores * windowSeconds * 1e6 / Math.Max(1, answered), 4), Math.Round(cores, 3),
            last.Server.RssBytes);
    }

    private RunSettings Settings() => new(
        session.Sources.Count, Math.Max(1, options.SourceAddresses.Count), session.Engines.Count, options.Keys, options.Skew,
            options.ValueBytes, options.ValueType,
        options.Rate > 0 ? "open" : "closed", options.InFlight, options.Rate, options.WarmUpNs / 1e9, options.TimeoutNs / 1e9, options.Seed,
            options.NearBits,
        options.IsClient, options.Spin, session.Settings.Segments, options.Mix.ToString());
}
