namespace Dna.Fast.LoadGen.Report;

/// <summary>The three plots of a report page.</summary>
internal static class HtmlPlots
{
    private const int WideWidth = 920, WideHeight = 300, NarrowWidth = 340, NarrowHeight = 240;

    public static string Percentiles(RunResult result)
    {
        // The maximum lies where the tail of one answer ends.
        double decades = Math.Log10(Math.Max(10, result.Latency.Count));
        var points = result.Percentiles.Select(p =>
            (X: Math.Min(decades, p.Percentile >= 100 ? decades : -Math.Log10(1 - p.Percentile / 100)), Y: p.Us)).ToArray();
        PlotAxis y = PlotAxes.Latency(points.Select(p => p.Y));
        return Both("Latency by percentile", PlotAxes.Percentile(decades), y, [new PlotLine("latency", "s1", points)]);
    }

    public static string Throughput(RunResult result)
    {
        PlotLine line = Line("replies", "s1", result, i => i.RepliesPerSecond);
        double max = result.Intervals.Select(i => i.RepliesPerSecond).DefaultIfEmpty(1).Max();
        return OverTime("Replies per second over time", result, PlotAxes.Linear(max, 4, PlotAxes.Count), [line]);
    }

    public static string LatencyOverTime(RunResult result)
    {
        PlotAxis y = PlotAxes.Latency(result.Intervals.SelectMany(i => new[] { i.P50Us, i.P99Us }));
        return OverTime("Latency over time", result, y, [Line("p50", "s1", result, i => i.P50Us), Line("p99", "s2", result, i => i.P99Us)]);
    }

    private static PlotLine Line(string name, string style, RunResult result, Func<IntervalPoint, double> value) =>
        new(name, style,
            [.. result.Intervals.Where(i => i.RepliesPerSecond > 0 || name == "replies").Select(i => (i.AtSeconds, value(i)))]);

    private static string OverTime(string caption, RunResult result, PlotAxis y, IReadOnlyList<PlotLine> lines)
    {
        double end = Math.Max(result.Seconds, 0.1);
        return $"<div class=\"wide\">{SvgPlot.Draw(caption, WideWidth, WideHeight, PlotAxes.Time(end, 8), y, lines)}</div>" +
            $"<div class=\"narrow\">{SvgPlot.Draw(caption, NarrowWidth, NarrowHeight, PlotAxes.Time(end, 4), y, lines)}</div>";
    }

    private static string Both(string caption, PlotAxis x, PlotAxis y, IReadOnlyList<PlotLine> lines)
    {
        // On a phone every second mark has room.
        PlotAxis narrow = x.Marks.Count <= 5 ? x : x with { Marks = [.. x.Marks.Where((_, i) => i % 2 == 0)] };
        return $"<div class=\"wide\">{SvgPlot.Draw(caption, WideWidth, WideHeight, x, y, lines)}</div>" +
            $"<div class=\"narrow\">{SvgPlot.Draw(caption, NarrowWidth, NarrowHeight, narrow, y, lines)}</div>";
    }
}
