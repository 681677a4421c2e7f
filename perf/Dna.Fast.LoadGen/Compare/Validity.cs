using System.Globalization;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>Whether figures say anything: a server that answers wrongly, or not at all, is cheap and quick.</summary>
internal static class Validity
{
    /// <summary>
    /// Share of requests without an answer from which on the others no longer stand for all; below it is what a full receive buffer costs.
    /// </summary>
    public const double LostShareMax = 0.01;

    /// <summary>What is wrong with a scenario; null: nothing.</summary>
    public static string? FaultOf(PeakResult measured)
    {
        if (measured.WrongAnswers.Max > 0) return Said($"{measured.WrongAnswers.Max:0} answers wrong");
        if (measured.LostShare.Max > LostShareMax) return Said($"{measured.LostShare.Max * 100:0.0} % lost");
        return measured.RepliesPerSecond.IsWhole && measured.CpuUsPerReply.IsWhole ? null : "no figure for replies or CPU in some round";
    }

    /// <summary>The same, latencies at half load included.</summary>
    public static string? FaultOf(ScenarioResult measured) => FaultOf(measured.Peak)
        ?? (measured.P50Us.IsWhole && measured.P99Us.IsWhole && measured.P999Us.IsWhole ? null : "no figure for latency in some round");

    /// <summary>Everything wrong with a server's figures, a line each, its name in front.</summary>
    public static IEnumerable<string> FaultsOf(RivalResult rival)
    {
        foreach (PeakResult p in rival.Joined)
        {
            if (FaultOf(p) is { } fault) yield return $"{rival.Name}, {p.Name} joined: {fault}";
        }

        foreach (ScenarioResult s in rival.Apart)
        {
            if (FaultOf(s) is { } fault) yield return $"{rival.Name}, {s.Name} apart: {fault}";
        }

        if (!rival.StartMs.IsWhole || !rival.RssIdle.IsWhole) yield return $"{rival.Name}: no figure for its start or its memory in some round";
    }

    /// <summary>What makes a comparison invalid: the faults of the limit and of our node. Others' are shown and their own affair.</summary>
    public static IReadOnlyList<string> JudgedFaultsOf(Comparison comparison) =>
        [.. comparison.Rivals.Where((r, i) => i == 0 || r.Name == TargetTable.Ours).SelectMany(FaultsOf)];

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
