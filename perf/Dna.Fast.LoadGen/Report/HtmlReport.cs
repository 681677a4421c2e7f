using System.Globalization;
using System.Text;
using Dna.Fast.LoadGen.Measure;

namespace Dna.Fast.LoadGen.Report;

/// <summary>A run's result as one page that needs nothing else: no script, no font, no picture from anywhere.</summary>
internal static class HtmlReport
{
    public static string Page(RunResult result)
    {
        string title = $"{result.Command} {result.Target.Address}{(result.Target.IsEcho ? " (bare echo)" : "")}";
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>{Html.Escape(title)}</title><style>{HtmlStyle.Css}</style></head><body><main>");
        page.Append($"<h1>{Html.Escape(title)}</h1><p class=\"sub\">{Html.Escape(Subtitle(result))}</p>");
        Tiles(page, result);
        if (result.Latency.Count > 0) Plots(page, result);
        else Section(page, "Latency", $"<p class=\"none\">{(result.Listen == null ? "No answer came, so there is nothing to draw." : "No push came, so there is nothing to draw.")}</p>");
        Section(page, "Answers", Answers(result));
        Section(page, "Run", Settings(result));
        page.Append("<footer>Written by dna-load.</footer></main></body></html>\n");
        return page.ToString();
    }

    private static void Plots(StringBuilder page, RunResult result)
    {
        Section(page, "Latency by percentile", HtmlPlots.Percentiles(result));
        Section(page, result.Listen == null ? "Replies per second" : "Pushes per second", HtmlPlots.Throughput(result));
        Section(page, "Latency over time", "<ul class=\"key\"><li><i class=\"k1\"></i>p50</li><li><i class=\"k2\"></i>p99</li></ul>"
            + HtmlPlots.LatencyOverTime(result));
        Section(page, "Latency", Latencies(result));
    }

    private static string Subtitle(RunResult result)
    {
        string loop = result.Settings.Loop == "open"
            ? $"open loop, {TableReport.Number(result.Settings.RatePerSecond)} per second asked, latency from the intended time"
            : $"closed loop, {result.Settings.InFlight} in flight";
        return $"{loop}, {result.Settings.Sockets} sockets, {result.Seconds.ToString("0.###", CultureInfo.InvariantCulture)} s measured from {result.StartedAt}";
    }

    private static void Tiles(StringBuilder page, RunResult result)
    {
        page.Append("<div class=\"tiles\">");
        Tile(result.Listen == null ? "replies per second" : "pushes per second", TableReport.Number(result.RepliesPerSecond), false);
        Tile("p50", TableReport.Us(result.Latency.P50Us), false);
        Tile("p99", TableReport.Us(result.Latency.P99Us), false);
        long lost = result.Listen?.Missing ?? result.Lost;
        Tile(result.Listen == null ? "lost" : "missing pushes", TableReport.Number(lost), lost > 0);
        if (result.Server is { } server)
        {
            string cpu = $"{server.CpuUsPerReply.ToString("0.00", CultureInfo.InvariantCulture)} us";
            Tile(result.Listen == null ? "CPU per reply" : "CPU per put and its pushes", cpu, false);
        }

        page.Append("</div>");

        void Tile(string name, string value, bool isBad) =>
            page.Append($"<div class=\"tile{(isBad ? " bad" : "")}\"><b>{Html.Escape(value.Replace("us", "µs", StringComparison.Ordinal))}</b><span>{Html.Escape(name)}</span></div>");
    }

    private static void Section(StringBuilder page, string title, string body) =>
        page.Append($"<section><h2>{Html.Escape(title)}</h2>{body}</section>");

    private static string Latencies(RunResult result)
    {
        var table = new StringBuilder("<div class=\"scroll\"><table><tr><th></th><th class=\"n\">p50</th><th class=\"n\">p90</th><th class=\"n\">p99</th><th class=\"n\">p99.9</th><th class=\"n\">max</th></tr>");
        Row(result.Listen == null ? "all" : "push", result.Latency);
        foreach ((string kind, LatencySummary latency) in result.LatencyByKind) Row(kind, latency);
        return table.Append("</table></div>").ToString();

        void Row(string name, LatencySummary latency)
        {
            table.Append($"<tr><th>{Html.Escape(name)}</th>");
            foreach (double us in new[] { latency.P50Us, latency.P90Us, latency.P99Us, latency.P999Us,
                latency.MaxUs }) table.Append($"<td class=\"n\">{TableReport.Us(us).Replace("us", "µs", StringComparison.Ordinal)}</td>");
            table.Append("</tr>");
        }
    }

    private static string Answers(RunResult result)
    {
        List<(string, string)> rows = [("requests", TableReport.Number(result.Requests))];
        rows.AddRange(result.Outcomes.Select(o => (o.Key, TableReport.Number(o.Value))));
        if (result.Unsent > 0) rows.Add(("never sent", TableReport.Number(result.Unsent)));
        rows.AddRange(result.Strays.Select(s => ($"besides: {s.Key}", TableReport.Number(s.Value))));
        if (result.Listen is { } listen)
        {
            rows.AddRange([("listeners", TableReport.Number(listen.Listeners)), ("puts acknowledged", TableReport.Number(listen.Puts)),
                ("pushes expected", TableReport.Number(listen.PushesExpected)),
                ("pushes", TableReport.Number(listen.Pushes)), ("pushes missing", TableReport.Number(listen.Missing)),
                    ("pushes twice", TableReport.Number(listen.Duplicate)), ("pushes unexpected", TableReport.Number(listen.Unexpected))]);
        }

        rows.Add(("mean reply", $"{result.ReplyBytes.ToString("0.#", CultureInfo.InvariantCulture)} B"));
        return Table(rows);
    }

    private static string Settings(RunResult result)
    {
        RunSettings s = result.Settings;
        List<(string, string)> rows =
        [
            ("node id", result.Target.NodeId),
            ("network", result.Target.Network.ToString(CultureInfo.InvariantCulture)),
            ("queries", s.Mix),
            ("keys", $"{TableReport.Number(s.Keys)}, {(s.ZipfExponent > 0 ? $"zipf {s.ZipfExponent.ToString(CultureInfo.InvariantCulture)}" : "uniform")}"),
            ("values", $"{string.Join(", ", s.ValueBytes)} bytes of type {s.ValueType}"),
            ("sources", $"sockets {s.Sockets}, addresses {s.Sources}, threads {s.Threads}"),
            ("warm-up", $"{s.WarmUpSeconds.ToString(CultureInfo.InvariantCulture)} s"),
            ("timeout", $"{s.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)} s"),
            ("seed", s.Seed.ToString(CultureInfo.InvariantCulture)),
            ("generator",
                $"busiest thread {result.Generator.BusiestThread * 100:0} % busy, {result.Generator.CpuCores.ToString("0.00", CultureInfo.InvariantCulture)} cores in all{(result.Generator.IsTheLimit ? "; it may be the limit" : "")}"),
            ("kernel's count",
                $"{result.Kernel.AgreementPercent.ToString("0.0", CultureInfo.InvariantCulture)} % of ours (loopback); {TableReport.Number(result.Kernel.ReceiveBufferErrors)} dropped at full buffers"),
        ];
        if (result.Server is { } server)
        {
            rows.Add(("node's process",
                $"{server.Pid}: {server.CpuCores.ToString("0.00", CultureInfo.InvariantCulture)} cores, {(server.RssBytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture)} MiB resident"));
        }

        return Table(rows);
    }

    private static string Table(IEnumerable<(string Name, string Value)> rows) =>
        $"<table>{string.Concat(rows.Select(r => $"<tr><th>{Html.Escape(r.Name)}</th><td><code>{Html.Escape(r.Value)}</code></td></tr>"))}</table>";
}
