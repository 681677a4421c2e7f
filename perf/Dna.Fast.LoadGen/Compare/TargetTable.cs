using System.Globalization;
using System.Text;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>The targets of this project's node beside what was measured, as Markdown.</summary>
internal static class TargetTable
{
    /// <summary>Name of the server that the targets are for.</summary>
    public const string Ours = "dna";

    /// <summary>200,000 gets a second where the echo does 235,000.</summary>
    public static readonly Target GetRate = new(0.85, IsFloor: true);

    /// <summary>Megabytes (10^6) after the first answer.</summary>
    public static readonly Target RssIdleMb = new(16);

    /// <summary>From the start of the process to its first answer.</summary>
    public static readonly Target StartMs = new(25);

    private static readonly Target P99 = new(2);

    private static readonly (string Scenario, Target Cpu)[] Scenarios =
        [("ping", new(1.25)), ("find", new(1.25)), ("get", new(1.25)), ("put", new(1.6)), ("put-7d", new(2))];

    /// <summary>The table; empty when our node was not among the servers.</summary>
    public static string Of(Comparison comparison)
    {
        RivalResult? ours = comparison.Rivals.FirstOrDefault(r => r.Name == Ours);
        if (ours == null) return "";
        RivalResult limit = comparison.Rivals[0];
        var text = new StringBuilder("| target of dna | at most, at least | joined | | apart | |\n|---|---|---|---|---|---|\n");
        foreach ((string name, Target cpu) in Scenarios)
        {
            Row(text, $"CPU per {name}", cpu, "× echo", Joined(name, p => p.ToEcho.CpuUsPerReply), Apart(name, s => s.Peak.ToEcho.CpuUsPerReply));
        }

        Row(text, "get replies/s", GetRate, "× echo (200,000 where it does 235,000)", Joined("get", p => p.ToEcho.RepliesPerSecond),
            Apart("get", s => s.Peak.ToEcho.RepliesPerSecond));
        foreach ((string name, Target _) in Scenarios)
        {
            Row(text, $"p99 of {name} at half of its peak", P99, "× echo", null, Apart(name, s => s.ToEcho.P99Us));
        }

        Row(text, "memory (RSS) idle", RssIdleMb, "MB", new Figure(ours.RssIdle.Over(1e6), true));
        Row(text, "start to first answer, empty directory", StartMs, "ms", new Figure(ours.StartMs, true));
        return text.Append('\n').ToString();

        Figure Joined(string name, Func<PeakResult, Spread> figure) =>
            Of(ours.Joined, limit.Joined, p => p.Name == name, figure, p => Validity.FaultOf(p) == null);

        Figure Apart(string name, Func<ScenarioResult, Spread> figure) =>
            Of(ours.Apart, limit.Apart, s => s.Name == name, figure, s => Validity.FaultOf(s) == null);
    }

    private static Figure Of<T>(IReadOnlyList<T> ours, IReadOnlyList<T> limit, Func<T, bool> isIt, Func<T, Spread> figure, Func<T, bool> isSound)
        where T : class
    {
        T? measured = ours.FirstOrDefault(isIt), beside = limit.FirstOrDefault(isIt);
        return measured == null || beside == null ? default : new Figure(figure(measured), isSound(measured) && isSound(beside));
    }

    private static void Row(StringBuilder text, string name, Target target, string unit, Figure? joined, Figure? apart = null)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {target.Text(unit)} | {Cells(joined)} | {Cells(apart)} |\n");

        string Cells(Figure? figure) => figure is not { } said ? " | " : said.Measured is { } measured
            ? $"{measured.Text("0.00")} | {target.Verdict(measured, said.IsSound)}" : $"missing | {Target.Invalid}";
    }

    /// <param name="Measured">Null: not measured, though it has a target.</param>
    /// <param name="IsSound">False: of wrong or missing answers, ours or the limit's.</param>
    private readonly record struct Figure(Spread? Measured, bool IsSound);
}
