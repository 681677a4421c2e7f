using System.Globalization;
using System.Text;

namespace Dna.Fast.LoadGen.Report;

/// <summary>One line of a plot.</summary>
/// <param name="Class">Its style, a class of <see cref="HtmlStyle"/>: <c>s1</c>, <c>s2</c>.</param>
internal sealed record PlotLine(string Name, string Class, IReadOnlyList<(double X, double Y)> Points);

/// <summary>One axis: its range, its marks, and whether it is logarithmic (then the range is above 0).</summary>
internal sealed record PlotAxis(double Min, double Max, bool IsLog, IReadOnlyList<(double At, string Label)> Marks)
{
    /// <summary>Share of the axis at a value, 0 to 1.</summary>
    public double Place(double value)
    {
        double share = IsLog ? Math.Log(Math.Max(value, Min) / Min) / Math.Log(Max / Min) : (value - Min) / (Max - Min);
        return Math.Clamp(share, 0, 1);
    }
}

/// <summary>A line plot as SVG text, drawn for a width in pixels: a phone gets a drawing of its own instead of a shrunk one.</summary>
internal static class SvgPlot
{
    private const int Left = 64, Right = 34, Top = 12, Bottom = 30;

    /// <param name="caption">What it shows, for people who hear the page.</param>
    public static string Draw(string caption, int width, int height, PlotAxis x, PlotAxis y, IReadOnlyList<PlotLine> lines)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Html.Escape(caption)}\">");
        int plotWidth = width - Left - Right, plotHeight = height - Top - Bottom;
        foreach ((double at, string label) in y.Marks)
        {
            double place = Top + plotHeight * (1 - y.Place(at));
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"g\" x1=\"{Left}\" x2=\"{width - Right}\" y1=\"{place:0.#}\" y2=\"{place:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 8}\" y=\"{place + 4:0.#}\" text-anchor=\"end\">{Html.Escape(label)}</text>");
        }

        foreach ((double at, string label) in x.Marks)
        {
            double place = Left + plotWidth * x.Place(at);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"g\" x1=\"{place:0.#}\" x2=\"{place:0.#}\" y1=\"{Top}\" y2=\"{height - Bottom}\"/>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{place:0.#}\" y=\"{height - Bottom + 18}\" text-anchor=\"middle\">{Html.Escape(label)}</text>");
        }

        foreach (PlotLine line in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{line.Class}\" points=\"");
            foreach ((double px, double py) in line.Points)
            {
                svg.Append(CultureInfo.InvariantCulture,
                    $"{Left + plotWidth * x.Place(px):0.#},{Top + plotHeight * (1 - y.Place(py)):0.#} ");
            }

            svg.Append("\"/>");
        }

        return svg.Append("</svg>").ToString();
    }
}
