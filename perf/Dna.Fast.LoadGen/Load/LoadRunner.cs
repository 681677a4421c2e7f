using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Load;

/// <summary>One measured run on a prepared session. One caller at a time.</summary>
internal sealed class LoadRunner
{
    /// <summary>How often progress is told.</summary>
    private const long TellNs = 500 * Clock.Millisecond;

    /// <summary>Intervals of the plots over time: more are not seen on a page.</summary>
    private const int IntervalsMax = 200;

    private const long IntervalNsMin = 100 * Clock.Millisecond;

    /// <summary>Open loop: requests open at once, over all sockets, before further ones have to wait.</summary>
    private const int OpenLoopInFlight = 65_536;

    private readonly Session _session;
    private readonly LoadOptions _options;
    private readonly IProgressSink _progress;
    private readonly Meter[] _meters;
    private readonly Window _window;
    private readonly long _startNs;
    private Sample _first;
    private Sample _last;
    private long _nextTellNs;
    private volatile bool _isStopped;

    private LoadRunner(Session session, LoadOptions options, IProgressSink progress)
    {
        _session = session;
        _options = options;
        _progress = progress;
        _startNs = Clock.NowNs();
        _window = WindowOf(options, _startNs);
        long interval = Math.Max(IntervalNsMin, options.DurationNs / IntervalsMax);
        int intervals = (int)((options.DurationNs + interval - 1) / interval);
        _meters = [.. Enumerable.Range(0, session.Engines.Count).Select(_ =>
            new Meter(options.Mix, new IntervalSeries(_window.FromNs, interval, intervals)))];
    }

    /// <summary>Runs the load.</summary>
    /// <param name="stop">Ends the run early; what was measured until then is reported.</param>
    public static RunResult Run(Session session, LoadOptions options, IProgressSink progress, CancellationToken stop)
    {
        int perSource = options.Rate > 0 ? OpenLoopInFlight / session.Sources.Count : options.InFlight / session.Sources.Count;
        session.Resize(Math.Clamp(perSource, 1, 65_536));
        GC.Collect();
        var runner = new LoadRunner(session, options, progress);
        using CancellationTokenRegistration registration = stop.Register(runner.Stop);
        return runner.Run();
    }

    private void Stop()
    {
        _isStopped = true;
        _session.Engines.Stop();
    }

    private static Window WindowOf(LoadOptions options, long startNs) =>
        new(startNs + options.WarmUpNs, startNs + options.WarmUpNs + options.DurationNs, options.TimeoutNs + 100 * Clock.Millisecond);

    private RunResult Run()
    {
        string startedAt = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        _session.Engines.Run(RunEngine, Watch);
        if (_first.AtNs == 0) _first = Sample.Take(_meters, _options.ServerPid);
        if (_last.AtNs == 0) _last = Sample.Take(_meters, _options.ServerPid);
        var result = new ResultBuilder(_session, _options, _meters, _first, _last, _window).Build(startedAt);
        _progress.End();
        return result;
    }

    private void RunEngine(Engine engine, int index)
    {
        ulong seed = SplitMix.Mix(_options.Seed * 1000 + (ulong)index);
        var keys = new KeyPicker(_options.Keys, _options.Skew, seed);

        // A thread's new values have its number in their upper bits, and the run's time in the lower ones: no id comes twice, in later runs
        // neither.
        ulong firstValue = (ulong)index << 56 | (ulong)(_startNs >> 10) << 24;
        var workload = new SteadyWorkload(_options.Mix, keys, seed + 1, _options.PutAgain, firstValue);
        int threads = _session.Engines.Count;
        Pace pace = _options.Rate > 0
            ? Pace.Open(_startNs + (long)(index * 1e9 / _options.Rate), _options.Rate / threads)
            : Pace.Closed();
        engine.Run(workload, pace, _meters[index], _window);
    }

    // On the calling thread: samples at both ends of the window, and tells progress between.
    private void Watch()
    {
        long now = Clock.NowNs();
        if (_first.AtNs == 0 && now >= _window.FromNs) _first = Sample.Take(_meters, _options.ServerPid);
        if (_last.AtNs == 0 && (now >= _window.ToNs || _isStopped)) _last = Sample.Take(_meters, _options.ServerPid);
        if (now >= _nextTellNs)
        {
            _nextTellNs = now + TellNs;
            _progress.Tell(RunProgress.Of(_meters, _window, now));
        }

        long next = Math.Min(_nextTellNs,
            Math.Min(_first.AtNs == 0 ? _window.FromNs : long.MaxValue, _last.AtNs == 0 ? _window.ToNs : long.MaxValue));
        Thread.Sleep((int)Math.Clamp((next - Clock.NowNs()) / Clock.Millisecond, 1, 20));
    }
}
