using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>Starts, fills, reads and kills one node. One caller.</summary>
internal sealed class ScaleRunner
{
    private const double Skew = 0.99;

    private const uint FewValues = 10_000;

    /// <summary>Kept for seven days: no value expires meanwhile, and each is on the disk before it is acknowledged.</summary>
    private const ushort SevenDays = 0x1001;

    private const int InFlight = 128;

    private readonly Rival _rival;
    private readonly ScalePlan _plan;
    private readonly Action<string> _say;
    private ushort _port;

    /// <param name="rival">The node; its command has <c>{port}</c> and <c>{dir}</c>.</param>
    /// <param name="firstPort">Each start takes the next port.</param>
    public ScaleRunner(Rival rival, in ScalePlan plan, ushort firstPort, Action<string> say)
    {
        _rival = rival;
        _plan = plan;
        _port = firstPort;
        _say = say;
    }

    public ScaleResult Run(CancellationToken stop)
    {
        string startedAt = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        MachineInfo machine = MachineInfo.Read();
        StartFigures starts = MeasureStarts(stop);
        string directory = Leftovers.AddDirectory();
        try
        {
            (MemoryFigures memory, GetFigures gets, double fill) = MeasureGets(directory, stop);
            RecoveryFigures recoveries = MeasureRecoveries(directory, stop);
            return new ScaleResult(startedAt, machine, _rival.Command, _plan.Values, FewValues, _plan.ValueBytes, Skew, starts, memory, gets, recoveries)
            {
                FillPerSecond = fill,
            };
        }
        finally
        {
            Leftovers.RemoveDirectory(directory);
        }
    }

    private StartFigures MeasureStarts(CancellationToken stop)
    {
        List<double> first = [], again = [];
        for (int i = 0; i < _plan.Starts; i++)
        {
            stop.ThrowIfCancellationRequested();
            string directory = Leftovers.AddDirectory();
            try
            {
                foreach (List<double> times in new[] { first, again })
                {
                    using RivalProcess server = RivalProcess.Start(_rival, _port++, directory);
                    times.Add(server.StartMs);
                }
            }
            finally
            {
                Leftovers.RemoveDirectory(directory);
            }
        }

        StartFigures figures = new(_plan.Starts, Spread.Of(first), Spread.Of(again));
        _say(FormattableString.Invariant($"start: first {figures.First.Median:0.0} ms, again {figures.Again.Median:0.0} ms"));
        return figures;
    }

    private (MemoryFigures Memory, GetFigures Gets, double FillPerSecond) MeasureGets(string directory, CancellationToken stop)
    {
        using RivalProcess many = RivalProcess.Start(_rival, _port++, directory);
        using RivalProcess few = RivalProcess.Start(_rival, _port++);
        LoadOptions manyOptions = Options(many, _plan.Values, RequestKind.Get), fewOptions = Options(few, FewValues, RequestKind.Get);
        using Session fewSession = Session.Open(fewOptions, _ => { });
        fewSession.Prepare(fewOptions);
        using Session manySession = Session.Open(manyOptions, _ => { });
        double idle = many.Rss;
        long start = Clock.NowNs();
        manySession.Prepare(manyOptions);
        double fill = _plan.Values / ((Clock.NowNs() - start) / 1e9), filled = many.Rss;
        _say(FormattableString.Invariant($"{_plan.Values:#,0} values, {fill:#,0}/s; memory {idle / 1e6:0.0} MB, then {filled / 1e6:0.0} MB"));
        List<RunResult> fewRuns = [], manyRuns = [];
        for (int round = 0; round < _plan.Rounds; round++)
        {
            fewRuns.Add(LoadRunner.Run(fewSession, fewOptions, new NoProgress(), stop));
            manyRuns.Add(LoadRunner.Run(manySession, manyOptions, new NoProgress(), stop));
            stop.ThrowIfCancellationRequested();
            _say(FormattableString.Invariant($"get: {fewRuns[^1].Server!.CpuUsPerReply:0.00} us of few, {manyRuns[^1].Server!.CpuUsPerReply:0.00} us of many"));
        }

        double read = many.Rss;
        MemoryFigures memory = new((long)idle, (long)filled, (long)read, (long)(Math.Max(filled, read) - idle));
        return (memory, Figures(fewRuns, manyRuns), fill);
    }

    private static GetFigures Figures(List<RunResult> few, List<RunResult> many)
    {
        double[] fewCpu = [.. few.Select(r => r.Server!.CpuUsPerReply)], manyCpu = [.. many.Select(r => r.Server!.CpuUsPerReply)];
        List<RunResult> all = [.. few, .. many];
        long lost = all.Sum(r => r.Lost);
        long wrong = all.Sum(r => r.Outcomes.Where(o => o.Key != Names.Of(Outcome.Ok)).Sum(o => o.Value)) - lost;
        return new GetFigures(few.Count, Spread.Of(fewCpu), Spread.Of(manyCpu), Spread.Ratio(manyCpu, fewCpu),
            Spread.Of(few.Select(r => r.RepliesPerSecond)), Spread.Of(many.Select(r => r.RepliesPerSecond)), Math.Max(0, wrong), lost, all.Sum(r => r.Requests));
    }

    private RecoveryFigures MeasureRecoveries(string directory, CancellationToken stop)
    {
        List<double> answers = [], gets = [], acknowledged = [];
        var crash = new CrashRunner();
        StoredValue[] latest = [];
        int readBack = 0;
        for (int i = 0; i <= _plan.Kills; i++)
        {
            stop.ThrowIfCancellationRequested();
            long start = Clock.NowNs();
            using RivalProcess server = RivalProcess.Start(_rival, _port++, directory);
            LoadOptions options = Options(server, _plan.Values, RequestKind.Get) with { Sockets = 1, SettleNs = 0, Preload = false };
            using (Session session = Session.Open(options, _ => { }))
            {
                if (session.Probe(RequestKind.Get, out _) != Outcome.Ok)
                {
                    throw new LoadException(ExitCode.Failed, $"{_rival.Name} lost a value that it had acknowledged, or answers it wrongly, after a SIGKILL",
                        "this is a defect of the node: keep its directory and its log");
                }

                double got = (Clock.NowNs() - start) / 1e6;
                CrashRunner.ReadBack(session, latest, _rival.Name);
                readBack += latest.Length;
                if (i > 0)
                {
                    answers.Add(server.StartMs);
                    gets.Add(got);
                    _say(FormattableString.Invariant($"SIGKILL amid puts ({acknowledged[^1]:#,0} acknowledged): first answer {server.StartMs:0} ms, first get {got:0} ms, the last {latest.Length} puts are there"));
                }
            }

            if (i == _plan.Kills) break;
            latest = crash.KillAmidPuts(server, Options(server, _plan.Values, RequestKind.Put), out long puts);
            acknowledged.Add(puts);
        }

        return new RecoveryFigures(gets.Count, Spread.Of(answers), Spread.Of(gets), Spread.Of(acknowledged), readBack);
    }

    private LoadOptions Options(RivalProcess server, uint keys, RequestKind kind) => new()
    {
        Command = "scale",
        Node = server.Address,
        ServerPid = server.Pid,
        Mix = Mix.Only(kind),
        Keys = keys,
        Skew = kind == RequestKind.Get ? Skew : 0,
        ValueBytes = [_plan.ValueBytes],
        ValueType = SevenDays,
        InFlight = InFlight,
        DurationNs = _plan.DurationNs,
        WarmUpNs = _plan.WarmUpNs,
        Spin = true,
    };
}

/// <summary>How much of everything.</summary>
/// <param name="Values">In the large store.</param>
/// <param name="ValueBytes">Data bytes of each.</param>
/// <param name="Starts">Starts in empty directories, and as many again.</param>
/// <param name="Rounds">Measurements of gets, each of the small and of the large store.</param>
/// <param name="Kills">SIGKILLs with the large store.</param>
internal readonly record struct ScalePlan(uint Values, int ValueBytes, int Starts, int Rounds, int Kills, long DurationNs, long WarmUpNs);
