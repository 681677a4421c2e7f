using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>Runs all scenarios against all rivals, round by round. One caller.</summary>
internal sealed class Comparer
{
    /// <summary>Share of its own peak at which a server's latencies are measured.</summary>
    private const double HalfLoad = 0.5;

    private static readonly Outcome[] WrongAnswers = [Outcome.MissingValue, Outcome.WrongValue, Outcome.WrongNode, Outcome.NoToken,
        Outcome.Unauthorized, Outcome.NoKey, Outcome.OtherError];

    private readonly IReadOnlyList<Rival> _rivals;
    private readonly LoadOptions _options;
    private readonly Action<string> _say;
    private ushort _nextPort;

    /// <param name="rivals">The first is the limit.</param>
    /// <param name="options">Sockets, keys, sizes and times of every measurement.</param>
    /// <param name="firstPort">Each start takes the next port: no datagram of an earlier one arrives.</param>
    public Comparer(IReadOnlyList<Rival> rivals, LoadOptions options, ushort firstPort, Action<string> say)
    {
        _rivals = rivals;
        _options = options;
        _nextPort = firstPort;
        _say = say;
    }

    /// <param name="apartRounds">The first so many rounds measure the setting "apart" as well.</param>
    public Comparison Run(int rounds, int apartRounds, CancellationToken stop)
    {
        string startedAt = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        MachineInfo machine = MachineInfo.Read();
        List<RoundResult>[] results = [.. _rivals.Select(_ => new List<RoundResult>())];
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < _rivals.Count; turn++)
            {
                stop.ThrowIfCancellationRequested();

                // Another one begins each round, so that no server always follows the same neighbour.
                int index = (turn + round) % _rivals.Count;
                _say($"round {round + 1} of {rounds}: {_rivals[index].Name}");
                results[index].Add(Round(_rivals[index], round < apartRounds, stop));
            }
        }

        var summary = new RivalResult[_rivals.Count];
        for (int i = 0; i < summary.Length; i++) summary[i] = ComparisonSummary.Of(_rivals[i], results[i], results[0]);
        return new Comparison(startedAt, machine, rounds, Math.Min(rounds, apartRounds), _options.DurationNs / 1e9, _options.Keys, summary);
    }

    private RoundResult Round(Rival rival, bool isApartToo, CancellationToken stop)
    {
        RoundResult joined;
        using (RivalProcess server = RivalProcess.Start(rival, _nextPort++))
        {
            double idle = server.Rss, loaded = 0;
            Dictionary<string, Measured> scenarios = MeasureAll(server, Setting.Joined, () => loaded = server.Rss, stop);
            joined = new RoundResult(server.StartMs, idle, loaded, server.Rss, scenarios, new Dictionary<string, Measured>());
        }

        if (!isApartToo) return joined;

        // Fresh as well: its contacts are other ones.
        using RivalProcess other = RivalProcess.Start(rival, _nextPort++);
        return joined with { Apart = MeasureAll(other, Setting.Apart, () => { }, stop) };
    }

    private Dictionary<string, Measured> MeasureAll(RivalProcess server, Setting setting, Action whenLoaded, CancellationToken stop)
    {
        Dictionary<string, Measured> scenarios = [];
        foreach (IGrouping<(ushort Type, int InFlight), Scenario> group in Scenario.All.GroupBy(s => (s.ValueType, s.InFlight)))
        {
            LoadOptions options = setting.With(_options with
            {
                Node = server.Address,
                ServerPid = server.Pid,
                ValueType = group.Key.Type,
                InFlight = group.Key.InFlight,
            });

            // Prepared for all scenarios of the group at once: sources known, and values loaded when one of them reads.
            bool reads = group.Any(s => s.Kind == RequestKind.Get);
            LoadOptions prepared = options with { Mix = Mix.Only(reads ? RequestKind.Get : RequestKind.Put), Command = "prepare" };
            using Session session = Session.Open(prepared, _ => { });
            session.Prepare(prepared);
            if (reads) whenLoaded();
            foreach (Scenario scenario in group)
            {
                stop.ThrowIfCancellationRequested();
                scenarios[scenario.Name] = Measure(session, setting, scenario.With(options), stop);
            }
        }

        return scenarios;
    }

    private Measured Measure(Session session, Setting setting, LoadOptions options, CancellationToken stop)
    {
        RunResult peak = LoadRunner.Run(session, options, new NoProgress(), stop);
        double cpu = peak.Server?.CpuUsPerReply ?? 0;
        var measured = new Measured(peak.RepliesPerSecond, cpu, peak.ReplyBytes, peak.Requests, peak.Lost, WrongIn(peak),
            peak.Generator.BusiestThread, peak.Server?.CpuCores ?? 0);

        // An open loop sends one request now, one then, so hardly two replies leave together: half of a peak that was reached joined may be all that is possible apart.
        if (setting == Setting.Apart) measured = AddHalfLoad(measured, session, options, stop);
        string latency = measured.Latency is { } l ? FormattableString.Invariant($"  at half load p50 {l.P50Us:0} p99 {l.P99Us:0} us") : "";
        _say(FormattableString.Invariant(
            $"  {setting.Name} {options.Command,-7} {peak.RepliesPerSecond,9:0} replies/s  {cpu,6:0.00} us CPU{latency}  lost {measured.Lost}  wrong {measured.WrongAnswers}  generator {peak.Generator.BusiestThread * 100:0} %"));
        return measured;
    }

    private static Measured AddHalfLoad(Measured peak, Session session, LoadOptions options, CancellationToken stop)
    {
        RunResult half = LoadRunner.Run(session, options with { Rate = Math.Max(1, peak.RepliesPerSecond * HalfLoad) }, new NoProgress(), stop);
        return peak with
        {
            Requests = peak.Requests + half.Requests,
            Lost = peak.Lost + half.Lost,
            WrongAnswers = peak.WrongAnswers + WrongIn(half),
            Latency = new MeasuredLatency(half.Latency.P50Us, half.Latency.P99Us, half.Latency.P999Us),
        };
    }

    private static long WrongIn(RunResult run) => WrongAnswers.Sum(o => run.Outcomes.GetValueOrDefault(Names.Of(o)));
}
