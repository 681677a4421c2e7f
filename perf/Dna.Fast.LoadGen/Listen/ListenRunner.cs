using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Listen;

/// <summary>Subscribes listeners, puts values under their keys and waits for the pushes. One caller at a time.</summary>
internal static class ListenRunner
{
    /// <summary>Puts per second unless asked otherwise: latency of pushes, not the limit of puts.</summary>
    private const double UsualRate = 200;

    /// <summary>Books of more pushes than this would take gigabytes.</summary>
    private const double PushesMax = 2e9;

    private const int PutsMax = 50_000_000;

    /// <summary>Larger values travel in fragments when a node pushes several at once, and a push is then no single datagram.</summary>
    public const int ValueBytesMax = 400;

    public static RunResult Run(Session session, LoadOptions options, int listeners, IProgressSink progress, CancellationToken stop)
    {
        if (options.Rate <= 0) options = options with { Rate = UsualRate };
        var plan = new ListenPlan(listeners, (int)options.Keys, session.Sources.Count);
        double puts = options.Rate * options.DurationNs / 1e9 + 100;
        if (puts > PutsMax || puts * plan.FanOutMax > PushesMax)
        {
            throw LoadException.Usage("too many pushes to keep books of", "lower --rate or --duration, or give more --keys");
        }

        // Keys of this run alone: values of an earlier one would be pushed at once.
        session.Settings.Keys = new KeySpace((ulong)Clock.NowNs() ^ options.Seed, session.NodeId, options.NearBits);
        session.Resize(Math.Max(64, listeners / session.Sources.Count / 8));
        progress.Say($"subscribing {listeners} listeners to {plan.Keys} keys");
        Subscribe(session, options, plan);
        return Measure(session, options, plan, (int)puts, progress, stop);
    }

    private static void Subscribe(Session session, LoadOptions options, ListenPlan plan)
    {
        var subscribe = new SubscribeWorkload(plan);
        Window window = Window.Unmeasured(Clock.NowNs() + 600 * Clock.Second);
        session.Engines.Run((engine, _) => engine.Run(subscribe, Pace.Closed(), Session.NewMeter(options.Mix), window));
        if (subscribe.Failed == 0) return;
        throw new LoadException(ExitCode.Failed,
            $"{subscribe.Failed} of {plan.Listeners} listeners were not accepted (the last: {Names.Of(subscribe.LastFailure)})",
            "the node may limit listeners or requests per address: use fewer --listeners, more --sources, or lift its limits");
    }

    private static RunResult Measure(Session session, LoadOptions options, ListenPlan plan, int puts, IProgressSink progress,
        CancellationToken stop)
    {
        long start = Clock.NowNs(), interval = Math.Max(100 * Clock.Millisecond, options.DurationNs / 200);
        var window = new Window(start, start + options.DurationNs, options.TimeoutNs);
        int intervals = (int)((options.DurationNs + interval - 1) / interval);
        var meter = new Meter(options.Mix, new IntervalSeries(start, interval, intervals));
        var pushes = new IntervalSeries(start, interval, intervals);
        var workload = new PushWorkload(plan, session.Settings.Sizes, puts, pushes);
        string startedAt = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        Sample first = Sample.Take([meter], options.ServerPid);
        using CancellationTokenRegistration registration = stop.Register(session.Engines.Stop);
        session.Engines.Run((engine, _) =>
        {
            engine.Pushes = workload;
            engine.Run(workload, Pace.Open(start, options.Rate), meter, window);
        }, () => Tell(progress, meter, window));
        Sample last = Sample.Take([meter], options.ServerPid);

        // Pushes of the last puts may still be on their way.
        Window linger = Window.Unmeasured(Clock.NowNs() + options.TimeoutNs);
        session.Engines.Run((engine, _) => engine.Run(new SilentWorkload(), Pace.Closed(), meter, linger));
        progress.End();
        return Result(new ResultBuilder(session, options, [meter], first, last, window).Build(startedAt), plan, workload, pushes);
    }

    private static void Tell(IProgressSink progress, Meter meter, in Window window)
    {
        progress.Tell(RunProgress.Of([meter], window, Clock.NowNs()));
        Thread.Sleep(200);
    }

    private static RunResult Result(RunResult puts, ListenPlan plan, PushWorkload workload, IntervalSeries pushes)
    {
        ListenCount count = workload.Count();
        long arrived = workload.Latency.TotalCount;
        return puts with
        {
            RepliesPerSecond = Math.Round(arrived / puts.Seconds, 1),
            Latency = LatencySummary.Of(workload.Latency),
            LatencyByKind = new Dictionary<string, LatencySummary> { ["put"] = puts.Latency },
            Percentiles = LatencySummary.Curve(workload.Latency),
            Intervals = ResultBuilder.Intervals(pushes, puts.Seconds),
            Listen = new ListenInfo(plan.Listeners, count.Puts, count.Expected, arrived, count.Missing, workload.Duplicate,
                workload.Unexpected),
        };
    }
}
