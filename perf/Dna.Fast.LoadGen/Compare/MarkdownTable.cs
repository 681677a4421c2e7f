using System.Globalization;
using System.Text;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>A comparison as Markdown, and its place in a file.</summary>
internal static class MarkdownTable
{
    public const string Begin = "<!-- results: written by tools/bench -->", End = "<!-- end of results -->";

    public static string Of(Comparison comparison)
    {
        var text = new StringBuilder(comparison.Machine.Introduction(comparison.StartedAt));
        text.Append(CultureInfo.InvariantCulture,
            $"{comparison.Rounds} rounds ({comparison.ApartRounds} of them also apart) of {comparison.SecondsPerMeasurement} s each, {comparison.Keys:#,0} keys. Medians, with minimum and maximum in brackets.\n\n");
        text.Append(TargetTable.Of(comparison));
        string[] faults = [.. comparison.Rivals.SelectMany(Validity.FaultsOf)];
        if (faults.Length > 0) text.Append(CultureInfo.InvariantCulture, $"**Invalid**: {string.Join("; ", faults)}.\n\n");
        AppendPeaks(text, comparison, "joined (8 sockets, 16 requests open on each; put-7d: 8)", r => r.Joined);
        if (comparison.ApartRounds > 0) AppendApart(text, comparison);
        text.Append("| server | start to first answer, ms | × echo | memory idle, MB | × echo | with the keys loaded, MB | × echo | after all puts, MB | × echo |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (RivalResult r in comparison.Rivals)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {r.Name} | {r.StartMs.Text("0.0")} | {r.ToEcho.StartMs.Text("0.0")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Megabytes(r.RssIdle)} | {r.ToEcho.RssIdle.Text("0.0")} | {Megabytes(r.RssLoaded)} | {r.ToEcho.RssLoaded.Text("0.0")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {Megabytes(r.RssEnd)} | {r.ToEcho.RssEnd.Text("0.0")} |\n");
        }

        return text.ToString();
    }

    private static void AppendApart(StringBuilder text, Comparison comparison)
    {
        AppendPeaks(text, comparison, "apart (128 sockets, 1 request open on each; put-7d: 64 sockets)", r => r.Apart.Select(s => s.Peak));
        text.Append("Latency at half of its own peak, apart, µs:\n\n| query | server | p50 | × echo | p99 | × echo | p99.9 | × echo |\n|---|---|---|---|---|---|---|---|\n");
        foreach ((string rival, ScenarioResult s) in Rows(comparison))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {s.Name} | {rival} | {s.P50Us.Text("0")} | {s.ToEcho.P50Us.Text("0.0")} ");
            text.Append(CultureInfo.InvariantCulture,
                $"| {s.P99Us.Text("0")} | {s.ToEcho.P99Us.Text("0.0")} | {s.P999Us.Text("0")} | {s.ToEcho.P999Us.Text("0.0")} |\n");
        }

        text.Append('\n');
    }

    private static void AppendPeaks(StringBuilder text, Comparison comparison, string setting, Func<RivalResult, IEnumerable<PeakResult>> peaksOf)
    {
        (string Rival, PeakResult Peak)[] rows = [.. comparison.Rivals
            .SelectMany(r => peaksOf(r).Select((peak, order) => (Rival: r.Name, Peak: peak, Order: order))).OrderBy(p => p.Order).Select(p => (p.Rival, p.Peak))];
        text.Append(CultureInfo.InvariantCulture, $"At its peak, on one core, {setting}:\n\n| query | server | replies/s | × echo | CPU µs a reply | × echo | reply bytes | lost, wrong |\n|---|---|---|---|---|---|---|---|\n");
        foreach ((string rival, PeakResult p) in rows)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {p.Name} | {rival} | {p.RepliesPerSecond.Text("#,0")} | {p.ToEcho.RepliesPerSecond.Text("0.00")} | {p.CpuUsPerReply.Text("0.00")} | {p.ToEcho.CpuUsPerReply.Text("0.00")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {p.ReplyBytes.Median:0} | {p.Lost.Max:0}, {p.WrongAnswers.Max:0} |\n");
        }

        (string busiest, PeakResult most) = rows.MaxBy(r => r.Peak.GeneratorBusy.Max);
        text.Append(CultureInfo.InvariantCulture, $"\nThe generator was busy for at most {most.GeneratorBusy.Max * 100:0} % of its time ({most.Name} of {busiest}); near 100 %, replies/s are its own limit, and CPU a reply still the server's.\n\n");
    }

    /// <summary>Puts text between two marks of a file.</summary>
    /// <returns>False: the file lacks the marks.</returns>
    public static bool TryPlace(string document, string text, out string result, string beginMark = Begin, string endMark = End)
    {
        result = document;
        int begin = document.IndexOf(beginMark, StringComparison.Ordinal), end = document.IndexOf(endMark, StringComparison.Ordinal);
        if (begin < 0 || end < begin) return false;
        result = $"{document[..(begin + beginMark.Length)]}\n{text}{document[end..]}";
        return true;
    }

    private static IEnumerable<(string Rival, ScenarioResult Scenario)> Rows(Comparison comparison) =>
        comparison.Rivals[0].Apart.SelectMany(_ => comparison.Rivals,
            (s, rival) => (rival.Name, Scenario: rival.Apart.FirstOrDefault(r => r.Name == s.Name)))
            .Where(r => r.Scenario != null).Select(r => (r.Name, r.Scenario!));

    private static string Megabytes(Spread bytes) => bytes.Over(1e6).Text("0.0");
}
