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

    public Comparison Run(int rounds, CancellationToken stop)
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
                results[index].Add(Round(_rivals[index], stop));
            }
        }

        var summary = new RivalResult[_rivals.Count];
        for (int i = 0; i < summary.Length; i++) summary[i] = ComparisonSummary.Of(_rivals[i], results[i], results[0]);
        return new Comparison(startedAt, machine, rounds, _options.DurationNs / 1e9, _options.Keys, summary);
    }

    private RoundResult Round(Rival rival, CancellationToken stop)
    {
        using RivalProcess server = RivalProcess.Start(rival, _nextPort++);
        double idle = server.Rss, loaded = 0;
        Dictionary<string, Measured> scenarios = [];
        foreach (IGrouping<ushort, Scenario> group in Scenario.All.GroupBy(s => s.ValueType))
        {
            LoadOptions options = _options with { Node = server.Address, ServerPid = server.Pid, ValueType = group.Key };

            // Prepared for all scenarios of the group at once: sources known, and values loaded when one of them reads.
            bool reads = group.Any(s => s.Kind == RequestKind.Get);
            LoadOptions prepared = options with { Mix = Mix.Only(reads ? RequestKind.Get : RequestKind.Put), Command = "prepare" };
            using Session session = Session.Open(prepared, _ => { });
            session.Prepare(prepared);
            if (reads) loaded = server.Rss;
            foreach (Scenario scenario in group)
            {
                stop.ThrowIfCancellationRequested();
                scenarios[scenario.Name] = Measure(session, scenario.With(options), stop);
            }
        }

        return new RoundResult(server.StartMs, idle, loaded, server.Rss, scenarios);
    }

    private Measured Measure(Session session, LoadOptions options, CancellationToken stop)
    {
        RunResult peak = LoadRunner.Run(session, options, new NoProgress(), stop);
        RunResult half = LoadRunner.Run(session, options with { Rate = Math.Max(1, peak.RepliesPerSecond * HalfLoad) }, new NoProgress(),
            stop);
        double cpu = peak.Server?.CpuUsPerReply ?? 0;
        _say(FormattableString.Invariant(
            $"  {options.Command,-7} {peak.RepliesPerSecond,9:0} replies/s  {cpu,6:0.00} us CPU  at half load p50 {half.Latency.P50Us:0} p99 {half.Latency.P99Us:0} us  lost {peak.Lost + half.Lost}  generator {peak.Generator.BusiestThread * 100:0} %"));
        long wrong = WrongAnswers.Sum(o => peak.Outcomes.GetValueOrDefault(Names.Of(o)) + half.Outcomes.GetValueOrDefault(Names.Of(o)));
        return new Measured(
            peak.RepliesPerSecond, cpu, half.Latency.P50Us, half.Latency.P99Us, half.Latency.P999Us, peak.ReplyBytes, peak.Lost + half.Lost,
                wrong,
            peak.Generator.BusiestThread, peak.Server?.CpuCores ?? 0);
    }
}
