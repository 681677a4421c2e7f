using System.Globalization;
using System.Text;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>A comparison as Markdown, and its place in a file.</summary>
internal static class MarkdownTable
{
    public const string Begin = "<!-- results: written by tools/bench -->", End = "<!-- end of results -->";

    public static string Of(Comparison comparison)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Measured {comparison.StartedAt} on {comparison.Machine.Processor}, {comparison.Machine.Cores} cores, {comparison.Machine.System}, Linux {comparison.Machine.Kernel}: ");
        text.Append(CultureInfo.InvariantCulture,
            $"{comparison.Rounds} rounds of {comparison.SecondsPerMeasurement} s each, {comparison.Keys:#,0} keys. Medians, with minimum and maximum in brackets.\n\n");
        text.Append("| query | server | replies/s | CPU µs a reply | × echo | p50 µs | p99 µs | p99.9 µs | p99 × echo | reply bytes | lost, wrong |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (string name in comparison.Rivals[0].Scenarios.Select(s => s.Name))
        {
            foreach (RivalResult rival in comparison.Rivals) Row(text, rival.Name, rival.Scenarios.Single(s => s.Name == name));
        }

        text.Append("\n| server | start to first answer, ms | memory idle, MiB | with the keys loaded, MiB | after all puts, MiB |\n|---|---|---|---|---|\n");
        foreach (RivalResult rival in comparison.Rivals)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {rival.Name} | {Figure(rival.StartMs, 1, "0")} | {Figure(rival.RssIdle, 1 << 20, "0.0")} | {Figure(rival.RssLoaded, 1 << 20, "0.0")} | {Figure(rival.RssEnd, 1 << 20, "0.0")} |\n");
        }

        return text.ToString();
    }

    /// <summary>Puts text between the two marks of a file.</summary>
    /// <returns>False: the file lacks the marks.</returns>
    public static bool TryPlace(string document, string text, out string result, string beginMark = Begin, string endMark = End)
    {
        result = document;
        int begin = document.IndexOf(beginMark, StringComparison.Ordinal), end = document.IndexOf(endMark, StringComparison.Ordinal);
        if (begin < 0 || end < begin) return false;
        result = $"{document[..(begin + beginMark.Length)]}\n{text}{document[end..]}";
        return true;
    }

    private static void Row(StringBuilder text, string rival, ScenarioResult s)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"| {s.Name} | {rival} | {Figure(s.RepliesPerSecond, 1, "#,0")} | {Figure(s.CpuUsPerReply, 1, "0.00")} | {Figure(s.ToEcho.CpuUsPerReply, 1, "0.00")} ");
        text.Append(CultureInfo.InvariantCulture,
            $"| {Figure(s.P50Us, 1, "0")} | {Figure(s.P99Us, 1, "0")} | {Figure(s.P999Us, 1, "0")} | {Figure(s.ToEcho.P99Us, 1, "0.0")} ");
        text.Append(CultureInfo.InvariantCulture, $"| {s.ReplyBytes.Median:0} | {s.Lost.Max:0}, {s.WrongAnswers.Max:0} |\n");
    }

    private static string Figure(Spread spread, double unit, string format)
    {
        string median = (spread.Median / unit).ToString(format, CultureInfo.InvariantCulture);
        string min = (spread.Min / unit).ToString(format, CultureInfo.InvariantCulture), max = (spread.Max / unit).ToString(format,
            CultureInfo.InvariantCulture);
        return min == max ? median : $"{median} ({min} to {max})";
    }
}
