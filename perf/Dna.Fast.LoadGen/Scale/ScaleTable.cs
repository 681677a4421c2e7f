using System.Globalization;
using System.Text;
using Dna.Fast.LoadGen.Compare;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>A <see cref="ScaleResult"/> as Markdown.</summary>
internal static class ScaleTable
{
    public const string Begin = "<!-- scale: written by tools/bench --million -->", End = "<!-- end of scale -->";

    public static string Of(ScaleResult r)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Measured {r.StartedAt} on {r.Machine.Processor}, {r.Machine.Cores} cores, {r.Machine.System}, Linux {r.Machine.Kernel}: ");
        text.Append(CultureInfo.InvariantCulture,
            $"{r.Values:#,0} values of {r.ValueBytes} bytes, filled at {r.FillPerSecond:#,0} committed puts/s. Medians, with minimum and maximum in brackets.\n\n");
        text.Append("| figure | value |\n|---|---|\n");
        Row(text, $"CPU per get, {r.FewValues:#,0} values, zipf {Number(r.Skew, "0.00")}", $"{Figure(r.Gets.FewCpuUs, "0.00")} µs");
        Row(text, $"CPU per get, {r.Values.ToString("#,0", CultureInfo.InvariantCulture)} values, zipf {Number(r.Skew, "0.00")}", $"{Figure(r.Gets.ManyCpuUs, "0.00")} µs");
        Row(text, "the second over the first", Figure(r.Gets.Ratio, "0.00"));
        Row(text, "gets lost, answered wrongly", $"{r.Gets.Lost}, {r.Gets.Wrong}");
        Row(text, "memory (RSS) idle", Megabytes(r.Memory.Idle));
        Row(text, "memory with all values put; after the gets", $"{Megabytes(r.Memory.Filled)}; {Megabytes(r.Memory.Read)}");
        Row(text, "growth", Megabytes(r.Memory.Growth));
        Row(text, $"start to first answer, empty directory, {r.Starts.Count} starts", $"{Figure(r.Starts.First, "0.0")} ms");
        Row(text, $"start to first answer, again, {r.Starts.Count} starts", $"{Figure(r.Starts.Again, "0.0")} ms");
        Row(text, $"SIGKILL amid puts, start to first answer, {r.Recoveries.Count} times", $"{Figure(r.Recoveries.FirstAnswer, "0")} ms");
        Row(text, "SIGKILL amid puts, start to first correct get", $"{Figure(r.Recoveries.FirstGet, "0")} ms");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string figure, string value) => text.Append(CultureInfo.InvariantCulture, $"| {figure} | {value} |\n");

    private static string Megabytes(long bytes) => $"{Number(bytes / 1e6, "0.0")} MB";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Figure(Spread spread, string format) =>
        $"{Number(spread.Median, format)} ({Number(spread.Min, format)} to {Number(spread.Max, format)})";
}
