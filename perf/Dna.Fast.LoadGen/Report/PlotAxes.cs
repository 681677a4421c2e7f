using System.Globalization;

namespace Dna.Fast.LoadGen.Report;

/// <summary>Axes with round marks.</summary>
internal static class PlotAxes
{
    /// <summary>Microseconds, logarithmic: whole decades around the values.</summary>
    public static PlotAxis Latency(IEnumerable<double> us)
    {
        double[] good = [.. us.Where(v => v > 0)];
        double low = good.Length == 0 ? 1 : good.Min(), high = good.Length == 0 ? 1000 : good.Max();
        int from = (int)Math.Floor(Math.Log10(Math.Max(low, 0.1))), to = Math.Max(from + 1, (int)Math.Ceiling(Math.Log10(high)));
        List<(double, string)> marks = [];
        for (int power = from; power <= to; power++)
        {
            double at = Math.Pow(10, power);
            marks.Add((at, LatencyLabel(at)));

            // Few decades: marks between them help.
            if (to - from <= 2 && power < to) marks.AddRange([(at * 2, LatencyLabel(at * 2)), (at * 5, LatencyLabel(at * 5))]);
        }

        return new PlotAxis(Math.Pow(10, from), Math.Pow(10, to), true, marks);
    }

    /// <summary>From 0 to a round number above all values, with about <paramref name="steps"/> marks.</summary>
    public static PlotAxis Linear(double max, int steps, Func<double, string> label)
    {
        double step = RoundStep(Math.Max(max, 1e-9) / steps), top = Math.Ceiling(Math.Max(max, 1e-9) / step) * step;
        List<(double, string)> marks = [];
        for (int i = 0; i * step <= top * 1.0001; i++) marks.Add((i * step, label(i * step)));
        return new PlotAxis(0, top, false, marks);
    }

    /// <summary>Seconds from 0 to exactly the end.</summary>
    public static PlotAxis Time(double endSeconds, int steps)
    {
        PlotAxis round = Linear(endSeconds, steps, Seconds);
        return round with { Max = endSeconds, Marks = [.. round.Marks.Where(m => m.At <= endSeconds * 1.001)] };
    }

    /// <summary>Percentiles by the share beyond them: 0 %, 90 %, 99 %, ... at equal distances, as far as there are answers.</summary>
    public static PlotAxis Percentile(double decades)
    {
        string[] labels = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %", "99.99999 %"];
        int whole = Math.Clamp((int)Math.Ceiling(decades), 1, labels.Length - 1);
        return new PlotAxis(0, whole, false, [.. Enumerable.Range(0, whole + 1).Select(i => ((double)i, labels[i]))]);
    }

    public static string Count(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1e3 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    public static string Seconds(double value) => value.ToString("0.##", CultureInfo.InvariantCulture) + " s";

    private static string LatencyLabel(double us) => us switch
    {
        >= 1e6 => (us / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " s",
        >= 1e3 => (us / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + " ms",
        _ => us.ToString("0.##", CultureInfo.InvariantCulture) + " µs",
    };

    // 1, 2 or 5 times a power of ten.
    private static double RoundStep(double raw)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double lead = raw / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}
