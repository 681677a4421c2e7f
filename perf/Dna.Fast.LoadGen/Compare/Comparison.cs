namespace Dna.Fast.LoadGen.Compare;

/// <summary>What a comparison of servers found; its JSON form is in perf/results.</summary>
internal sealed record Comparison(string StartedAt, MachineInfo Machine, int Rounds, double SecondsPerMeasurement, uint Keys,
    IReadOnlyList<RivalResult> Rivals);

/// <summary>One server over all rounds. Memory in bytes; the first rival is the limit the ratios refer to.</summary>
/// <param name="StartMs">From the start of the process to its first answer.</param>
/// <param name="RssIdle">Memory after the first answer.</param>
/// <param name="RssLoaded">Memory after the values for get were loaded.</param>
/// <param name="RssEnd">Memory at the end of a round, all puts included.</param>
internal sealed record RivalResult(string Name, string Command, Spread StartMs, Spread RssIdle, Spread RssLoaded, Spread RssEnd,
    IReadOnlyList<ScenarioResult> Scenarios, RivalRatios ToEcho);

/// <summary>Figures as multiples of the first rival's in the same round.</summary>
internal sealed record RivalRatios(Spread StartMs, Spread RssIdle, Spread RssLoaded, Spread RssEnd);

/// <summary>
/// One scenario of one server over all rounds. The closed loop gives throughput and cost, the open loop at half of it latencies in
/// microseconds.
/// </summary>
internal sealed record ScenarioResult(
    string Name, Spread RepliesPerSecond, Spread CpuUsPerReply, Spread P50Us, Spread P99Us, Spread P999Us, Spread ReplyBytes, Spread Lost,
        Spread WrongAnswers,
    Spread GeneratorBusy, Spread ServerCores, ScenarioRatios ToEcho);

/// <summary>Figures as multiples of the first rival's in the same round.</summary>
internal sealed record ScenarioRatios(Spread RepliesPerSecond, Spread CpuUsPerReply, Spread P50Us, Spread P99Us, Spread P999Us);

/// <summary>One scenario of one server in one round.</summary>
internal sealed record Measured(
    double RepliesPerSecond, double CpuUsPerReply, double P50Us, double P99Us, double P999Us, double ReplyBytes, double Lost,
        double WrongAnswers, double GeneratorBusy,
    double ServerCores);

/// <summary>One server in one round.</summary>
internal sealed record RoundResult(double StartMs, double RssIdle, double RssLoaded, double RssEnd,
    IReadOnlyDictionary<string, Measured> Scenarios);
