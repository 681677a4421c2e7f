using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>Whether a run that reached its end was one.</summary>
internal static class Verdict
{
    private static readonly Outcome[] WrongAnswers = [Outcome.MissingValue, Outcome.WrongValue, Outcome.WrongNode, Outcome.NoToken];

    /// <summary>Losses and refusals are results; no answer at all, or wrong ones, are failures.</summary>
    /// <exception cref="LoadException">The run failed.</exception>
    public static void Check(RunResult result)
    {
        if (result.Listen is { Pushes: 0, PushesExpected: > 0 })
        {
            throw new LoadException(ExitCode.Failed, $"{result.Target.Address} pushed nothing to its listeners",
                "the node may not serve listen, or drop what we send: see 'lost' above");
        }

        if (result.Requests > 0 && !result.Outcomes.ContainsKey(Names.Of(Outcome.Ok)))
        {
            string most = result.Outcomes.MaxBy(o => o.Value).Key;
            throw new LoadException(ExitCode.Failed, $"no good answer during the measurement: {most}",
                most == Names.Of(Outcome.Timeout)
                    ? "the node ended, or it limits requests per address (dhtnode -U, dna run --rate-limit off)"
                    : "see the kinds of errors above");
        }

        long wrong = WrongAnswers.Sum(o => result.Outcomes.GetValueOrDefault(Names.Of(o)));
        if (wrong > 0)
        {
            throw new LoadException(ExitCode.Failed, $"{wrong} answers were wrong: see the kinds above",
                "missing values: expired (type 0 lives 10 minutes), evicted, or a run with --no-preload without one before; wrong-node: the node was restarted");
        }
    }
}
