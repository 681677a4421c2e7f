using System.Globalization;
using Spectre.Console;

namespace Dna.Fast.LoadGen.Report;

/// <summary>A run's result as a table for a terminal, or for a file of lines.</summary>
internal static class TableReport
{
    /// <summary>Share of lost requests that no healthy network loses: something refuses them.</summary>
    private const double ManyLost = 0.05;

    public static void Write(IAnsiConsole console, RunResult result)
    {
        console.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn(new TableColumn("how much").RightAligned()).AddColumn("note");
        string title = $"{result.Command} {result.Target.Address}{(result.Target.IsEcho ? " (bare echo)" : "")}";

        // An IPv6 target has brackets, which are markup to a table's title.
        table.Title = new TableTitle(Markup.Escape(title));
        Row(table, result.Listen == null ? "replies per second" : "pushes per second", Number(result.RepliesPerSecond), Loop(result));
        Row(table, "requests", Number(result.Requests),
            $"in {result.Seconds:0.###} s, after {result.Settings.WarmUpSeconds:0.###} s of warm-up");
        Row(table, "lost", Number(result.Lost), result.Requests > 0 ? Percent((double)result.Lost / result.Requests) : "");
        if (result.Unsent > 0) Row(table, "never sent", Number(result.Unsent), "their time came, but too many others were open");
        foreach ((string name, long count) in result.Outcomes.Where(o => o.Key is not ("ok" or "lost"))) Row(table, name, Number(count),
            "of the requests");
        foreach ((string name, long count) in result.Strays) Row(table, name, Number(count), "datagrams beside the requests");
        Latencies(table, result);
        Row(table, "mean reply", $"{result.ReplyBytes.ToString("0.#", CultureInfo.InvariantCulture)} B", result.NodesPerFind > 0
            ? $"{result.NodesPerFind:0.##} nodes in each find answer" : "");
        if (result.Server is { } server)
        {
            Row(table, result.Listen == null ? "node: CPU per reply" : "node: CPU per put", $"{server.CpuUsPerReply.ToString("0.00", CultureInfo.InvariantCulture)} us",
                $"{server.CpuCores:0.00} cores, process {server.Pid}");
            Row(table, "node: memory", $"{server.RssBytes / 1048576.0:0.0} MiB", "resident");
        }

        if (result.Listen is { } listen) Pushes(table, listen);
        Row(table, "generator", Percent(result.Generator.BusiestThread),
            $"its busiest thread; {result.Generator.CpuCores:0.00} cores in all{(result.Generator.IsTheLimit ? ": it may be the limit" : "")}");
        Row(table, "kernel's count", $"{result.Kernel.AgreementPercent.ToString("0.0", CultureInfo.InvariantCulture)} %",
            $"received {Number(result.Kernel.UdpInDatagrams)}; ours out and in {Number(result.Kernel.OurDatagramsOut + result.Kernel.OurDatagramsIn)}{Drops(result)}");
        console.Write(table);
        if (result.Lost > result.Requests * ManyLost)
        {
            console.WriteLine("Much was lost. A node may limit requests per address: give more --sources, or lift its limit (dhtnode -U, dna run --rate-limit off).");
        }

        if (result.Generator.IsTheLimit && result.Settings.Loop == "closed")
        {
            console.WriteLine("A thread of the generator was busy all the time: with more --threads, or on a core of its own, it may find more.");
        }
    }

    private static void Latencies(Table table, RunResult result)
    {
        void One(string name, Measure.LatencySummary latency)
        {
            // Broken by hand where 80 columns end, so that no number is parted from its unit.
            string note = latency.Count == 0 ? "" : $"p50; p90 {Us(latency.P90Us)}, p99 {Us(latency.P99Us)},\np99.9 {Us(latency.P999Us)}, max {Us(latency.MaxUs)}";
            Row(table, name, Us(latency.P50Us), note);
        }

        One(result.Listen == null ? "latency" : "push latency", result.Latency);
        foreach ((string kind, Measure.LatencySummary latency) in result.LatencyByKind) One($"latency of {kind}", latency);
    }

    private static void Pushes(Table table, ListenInfo listen)
    {
        Row(table, "listeners", Number(listen.Listeners), $"{Number(listen.Puts)} puts acknowledged");
        Row(table, "pushes", Number(listen.Pushes), $"of {Number(listen.PushesExpected)} expected");
        Row(table, "missing pushes", Number(listen.Missing), "");
        Row(table, "duplicate pushes", Number(listen.Duplicate), "");
        if (listen.Unexpected > 0) Row(table, "unexpected pushes", Number(listen.Unexpected),
            "of values or for listeners that are not ours");
    }

    private static string Loop(RunResult result) => result.Settings.Loop == "open"
        ? $"open loop, {Number(result.Settings.RatePerSecond)} per second asked"
        : $"closed loop, {result.Settings.InFlight} in flight over {result.Settings.Sockets} sockets";

    private static string Drops(RunResult result) => result.Kernel.ReceiveBufferErrors > 0
        ? $"; {Number(result.Kernel.ReceiveBufferErrors)} dropped at full buffers" : "";

    private static void Row(Table table, string what, string value, string note) =>
        table.AddRow(new Text(what), new Text(value), new Text(note));

    private static string Percent(double share) => $"{(share * 100).ToString("0.0##", CultureInfo.InvariantCulture)} %";

    public static string Number(double value) => value.ToString(value is > 0 and < 100 ? "#,0.#" : "#,0", CultureInfo.InvariantCulture);

    /// <summary>Microseconds in the unit that fits; <c>-</c> when nothing was measured.</summary>
    public static string Us(double us) => us switch
    {
        0 => "-",
        >= 1_000_000 => $"{(us / 1_000_000).ToString("0.00", CultureInfo.InvariantCulture)} s",
        >= 1_000 => $"{(us / 1_000).ToString("0.00", CultureInfo.InvariantCulture)} ms",
        _ => $"{us.ToString("0.0", CultureInfo.InvariantCulture)} us",
    };
}
