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
            [.. rounds[0].Scenarios.Keys.Select(name =>
                Scenario(name, [.. rounds.Select(r => r.Scenarios[name])], [.. limit.Select(r => r.Scenarios[name])]))],
            new RivalRatios(Ratio(r => r.StartMs), Ratio(r => r.RssIdle), Ratio(r => r.RssLoaded), Ratio(r => r.RssEnd)));

        Spread Over(Func<RoundResult, double> figure) => Spread.Of(rounds.Select(figure));

        Spread Ratio(Func<RoundResult, double> figure) => Spread.Ratio([.. rounds.Select(figure)], [.. limit.Select(figure)]);
    }

    private static ScenarioResult Scenario(string name, Measured[] rounds, Measured[] limit)
    {
        return new ScenarioResult(
            name, Over(m => m.RepliesPerSecond), Over(m => m.CpuUsPerReply), Over(m => m.P50Us), Over(m => m.P99Us), Over(m => m.P999Us),
                Over(m => m.ReplyBytes),
            Over(m => m.Lost), Over(m => m.WrongAnswers), Over(m => m.GeneratorBusy), Over(m => m.ServerCores),
            new ScenarioRatios(Ratio(m => m.RepliesPerSecond), Ratio(m => m.CpuUsPerReply), Ratio(m => m.P50Us), Ratio(m => m.P99Us),
                Ratio(m => m.P999Us)));

        Spread Over(Func<Measured, double> figure) => Spread.Of(rounds.Select(figure));

        Spread Ratio(Func<Measured, double> figure) => Spread.Ratio([.. rounds.Select(figure)], [.. limit.Select(figure)]);
    }
}
