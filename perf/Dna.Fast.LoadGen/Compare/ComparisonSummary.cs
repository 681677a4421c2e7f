namespace Dna.Fast.LoadGen.Compare;

/// <summary>Rounds to minimum, median and maximum.</summary>
internal static class ComparisonSummary
{
    /// <param name="rounds">This rival's, in order.</param>
    /// <param name="limit">The first rival's, in the same order.</param>
    public static RivalResult Of(Rival rival, IReadOnlyList<RoundResult> rounds, IReadOnlyList<RoundResult> limit)
    {
        return new RivalResult(
            rival.Name, rival.Command, Over(r => r.StartMs), Over(r => r.RssIdle), Over(r => r.RssLoaded), Over(r => r.RssEnd),
            [.. rounds[0].Joined.Keys.Select(name => Peak(name, Of(rounds, r => r.Joined, name), Of(limit, r => r.Joined, name)))],
            [.. rounds[0].Apart.Keys.Select(name => Scenario(name, Of(rounds, r => r.Apart, name), Of(limit, r => r.Apart, name)))],
            new RivalRatios(Ratio(r => r.StartMs), Ratio(r => r.RssIdle), Ratio(r => r.RssLoaded), Ratio(r => r.RssEnd)));

        Spread Over(Func<RoundResult, double> figure) => Spread.Of(rounds.Select(figure));

        Spread Ratio(Func<RoundResult, double> figure) => Spread.Ratio([.. rounds.Select(figure)], [.. limit.Select(figure)]);
    }

    private static Measured[] Of(IReadOnlyList<RoundResult> rounds, Func<RoundResult, IReadOnlyDictionary<string, Measured>> setting, string name) =>
        [.. rounds.Select(setting).Where(s => s.Count > 0).Select(s => s[name])];

    private static ScenarioResult Scenario(string name, Measured[] rounds, Measured[] limit)
    {
        return new ScenarioResult(Peak(name, rounds, limit), Over(l => l.P50Us), Over(l => l.P99Us), Over(l => l.P999Us),
            new LatencyRatios(Ratio(l => l.P50Us), Ratio(l => l.P99Us), Ratio(l => l.P999Us)));

        Spread Over(Func<MeasuredLatency, double> figure) => Spread.Of(Figures(rounds, figure));

        Spread Ratio(Func<MeasuredLatency, double> figure) => Spread.Ratio(Figures(rounds, figure), Figures(limit, figure));

        static double[] Figures(Measured[] rounds, Func<MeasuredLatency, double> figure) =>
            [.. rounds.Select(m => m.Latency is { } latency ? figure(latency) : 0)];
    }

    private static PeakResult Peak(string name, Measured[] rounds, Measured[] limit)
    {
        return new PeakResult(
            name, Over(m => m.RepliesPerSecond), Over(m => m.CpuUsPerReply), Over(m => m.ReplyBytes), Over(m => m.Lost), Over(m => m.LostShare),
            Over(m => m.WrongAnswers), Over(m => m.GeneratorBusy), Over(m => m.ServerCores),
            new PeakRatios(Ratio(m => m.RepliesPerSecond), Ratio(m => m.CpuUsPerReply)));

        Spread Over(Func<Measured, double> figure) => Spread.Of(rounds.Select(figure));

        Spread Ratio(Func<Measured, double> figure) => Spread.Ratio([.. rounds.Select(figure)], [.. limit.Select(figure)]);
    }
}
