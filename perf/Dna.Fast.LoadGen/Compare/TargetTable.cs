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
        var text = new StringBuilder("| target of dna | at most, at least | measured | |\n|---|---|---|---|\n");
        foreach ((string name, Target cpu) in Scenarios)
        {
            if (Find(ours, name) is { } measured) Row(text, $"CPU per {name}", cpu, "× echo", measured.ToEcho.CpuUsPerReply);
        }

        if (Find(ours, "get") is { } get) Row(text, "get replies/s", GetRate, "× echo (200,000 where it does 235,000)", get.ToEcho.RepliesPerSecond);
        foreach ((string name, Target _) in Scenarios)
        {
            if (Find(ours, name) is { } measured) Row(text, $"p99 of {name} at half of its peak", P99, "× echo", measured.ToEcho.P99Us);
        }

        Row(text, "memory (RSS) idle", RssIdleMb, "MB", ours.RssIdle.Over(1e6));
        Row(text, "start to first answer, empty directory", StartMs, "ms", ours.StartMs);
        return text.Append('\n').ToString();
    }

    private static ScenarioResult? Find(RivalResult rival, string name) => rival.Scenarios.FirstOrDefault(s => s.Name == name);

    private static void Row(StringBuilder text, string figure, Target target, string unit, Spread measured) =>
        text.Append(CultureInfo.InvariantCulture, $"| {figure} | {target.Text(unit)} | {measured.Text("0.00")} | {target.Verdict(measured.Median)} |\n");
}
