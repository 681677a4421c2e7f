using System.Globalization;
using System.Text;
using Dna.Fast.LoadGen.Compare;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>A <see cref="ScaleResult"/> as Markdown.</summary>
internal static class ScaleTable
{
    public const string Begin = "<!-- scale: written by tools/bench --million -->", End = "<!-- end of scale -->";

    private static readonly Target ManyOverFew = new(2), GrowthMb = new(80), FirstGetMs = new(1000);

    /// <summary>What makes the figures invalid, a line each.</summary>
    public static IReadOnlyList<string> FaultsOf(ScaleResult r)
    {
        List<string> faults = [];
        if (!AreGetsSound(r.Gets)) faults.Add(FormattableString.Invariant($"gets: {r.Gets.Wrong} answers wrong, {r.Gets.Lost} of {r.Gets.Requests} lost"));
        if (!r.Gets.FewCpuUs.IsWhole || !r.Gets.ManyCpuUs.IsWhole) faults.Add("gets: no figure for CPU in some round");
        if (!IsMemoryWhole(r.Memory)) faults.Add("no figure for memory");
        if (!r.Starts.First.IsWhole || !r.Starts.Again.IsWhole) faults.Add("no figure for a start");
        if (!r.Recoveries.FirstGet.IsWhole || !r.Recoveries.PutsBefore.IsWhole || r.Recoveries.ReadBack == 0) faults.Add("a SIGKILL that was not amid puts");
        return faults;
    }

    public static string Of(ScaleResult r)
    {
        var text = new StringBuilder(r.Machine.Introduction(r.StartedAt));
        text.Append(CultureInfo.InvariantCulture,
            $"{r.Values:#,0} values of {r.ValueBytes} bytes, filled at {r.FillPerSecond:#,0} committed puts/s. Medians, with minimum and maximum in brackets.\n\n");
        text.Append("| figure | target | measured | |\n|---|---|---|---|\n");
        Row(text, $"CPU per get, {Count(r.FewValues)} values, zipf {Number(r.Skew, "0.00")}", $"{r.Gets.FewCpuUs.Text("0.00")} µs");
        Row(text, $"CPU per get, {Count(r.Values)} values, zipf {Number(r.Skew, "0.00")}", $"{r.Gets.ManyCpuUs.Text("0.00")} µs");
        Row(text, "the second over the first", ManyOverFew, "×", r.Gets.Ratio, "0.00", AreGetsSound(r.Gets));
        Row(text, "gets lost, answered wrongly", $"{r.Gets.Lost} of {Number(r.Gets.Requests, "#,0")}, {r.Gets.Wrong}");
        Row(text, "memory (RSS) idle", TargetTable.RssIdleMb, "MB", Megabytes(r.Memory.Idle), "0.0");
        Row(text, "memory with all values put; after the gets", $"{Megabytes(r.Memory.Filled).Text("0.0")} MB; {Megabytes(r.Memory.Read).Text("0.0")} MB");
        Row(text, "growth", GrowthMb, "MB", Megabytes(r.Memory.Growth), "0.0", IsMemoryWhole(r.Memory));
        Row(text, $"start to first answer, empty directory, {r.Starts.Count} starts", TargetTable.StartMs, "ms", r.Starts.First, "0.0");
        Row(text, $"start to first answer, again, {r.Starts.Count} starts", TargetTable.StartMs, "ms", r.Starts.Again, "0.0");
        Row(text, $"SIGKILL amid puts, start to first answer, {r.Recoveries.Count} times", $"{r.Recoveries.FirstAnswer.Text("0")} ms");
        Row(text, "SIGKILL amid puts, start to first correct get", FirstGetMs, "ms", r.Recoveries.FirstGet, "0");
        Row(text, "puts acknowledged before each; of the last ones, read back byte by byte", $"{r.Recoveries.PutsBefore.Text("#,0")}; {Number(r.Recoveries.ReadBack, "#,0")}, all there");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string figure, string value) => text.Append(CultureInfo.InvariantCulture, $"| {figure} | | {value} | |\n");

    private static void Row(StringBuilder text, string figure, Target target, string unit, Spread measured, string format, bool isSound = true) =>
        text.Append(CultureInfo.InvariantCulture, $"| {figure} | {target.Text(unit)} | {measured.Text(format)} {unit} | {target.Verdict(measured, isSound)} |\n");

    private static bool AreGetsSound(GetFigures gets) => gets is { Wrong: 0, Requests: > 0 } && gets.Lost <= gets.Requests * Validity.LostShareMax;

    private static bool IsMemoryWhole(MemoryFigures memory) => memory is { Idle: > 0, Filled: > 0, Read: > 0 };

    private static Spread Megabytes(long bytes) => new Spread(bytes, bytes, bytes).Over(1e6);

    private static string Count(uint number) => Number(number, "#,0");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
