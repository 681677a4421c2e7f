namespace Dna.Fast.LoadGen.Compare;

/// <summary>What a comparison of servers found; its JSON form is in perf/results. A figure of 0 is missing.</summary>
/// <param name="Rounds">Of the setting "joined"; the first <paramref name="ApartRounds"/> of them measure "apart" as well.</param>
internal sealed record Comparison(string StartedAt, MachineInfo Machine, int Rounds, int ApartRounds, double SecondsPerMeasurement, uint Keys,
    IReadOnlyList<RivalResult> Rivals);

/// <summary>One server over all rounds. Memory in bytes; the first rival is the limit the ratios refer to.</summary>
/// <param name="StartMs">From the start of the process to its first answer.</param>
/// <param name="RssIdle">Memory after the first answer.</param>
/// <param name="RssLoaded">Memory after the values for get were loaded.</param>
/// <param name="RssEnd">Memory at the end of a round, all puts included.</param>
/// <param name="Joined">The scenarios in the setting "joined".</param>
/// <param name="Apart">The same scenarios in the setting "apart", with their latencies.</param>
internal sealed record RivalResult(string Name, string Command, Spread StartMs, Spread RssIdle, Spread RssLoaded, Spread RssEnd,
    IReadOnlyList<PeakResult> Joined, IReadOnlyList<ScenarioResult> Apart, RivalRatios ToEcho);

/// <summary>Figures as multiples of the first rival's in the same round.</summary>
internal sealed record RivalRatios(Spread StartMs, Spread RssIdle, Spread RssLoaded, Spread RssEnd);

/// <summary>
/// One scenario of one server over all rounds. The closed loop gives throughput and cost, the open loop at half of it latencies in
/// microseconds.
/// </summary>
internal sealed record ScenarioResult(PeakResult Peak, Spread P50Us, Spread P99Us, Spread P999Us, LatencyRatios ToEcho)
{
    public string Name => Peak.Name;
}

/// <summary>Figures as multiples of the first rival's in the same round.</summary>
internal sealed record LatencyRatios(Spread P50Us, Spread P99Us, Spread P999Us);

/// <summary>One scenario of one server in one setting, as fast as it goes.</summary>
/// <param name="Lost">Requests without an answer, those at half load included.</param>
/// <param name="LostShare">The same as a share of all requests, 0 to 1.</param>
internal sealed record PeakResult(string Name, Spread RepliesPerSecond, Spread CpuUsPerReply, Spread ReplyBytes, Spread Lost, Spread LostShare,
    Spread WrongAnswers, Spread GeneratorBusy, Spread ServerCores, PeakRatios ToEcho);

/// <summary>Figures as multiples of the first rival's in the same round.</summary>
internal sealed record PeakRatios(Spread RepliesPerSecond, Spread CpuUsPerReply);

/// <summary>One scenario of one server in one round.</summary>
internal sealed record Measured(double RepliesPerSecond, double CpuUsPerReply, double ReplyBytes, long Requests, long Lost, long WrongAnswers,
    double GeneratorBusy, double ServerCores)
{
    /// <summary>At half load; null: not measured.</summary>
    public MeasuredLatency? Latency { get; init; }

    public double LostShare => Requests > 0 ? (double)Lost / Requests : 0;
}

/// <summary>In microseconds.</summary>
internal sealed record MeasuredLatency(double P50Us, double P99Us, double P999Us);

/// <summary>One server in one round.</summary>
/// <param name="Apart">Empty in rounds that do not measure this setting.</param>
internal sealed record RoundResult(double StartMs, double RssIdle, double RssLoaded, double RssEnd,
    IReadOnlyDictionary<string, Measured> Joined, IReadOnlyDictionary<string, Measured> Apart);
