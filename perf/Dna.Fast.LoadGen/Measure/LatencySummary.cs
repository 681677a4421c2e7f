using HdrHistogram;

namespace Dna.Fast.LoadGen.Measure;

/// <summary>Percentiles of a latency distribution, in microseconds.</summary>
internal sealed record LatencySummary(long Count, double MeanUs, double P50Us, double P90Us, double P99Us, double P999Us, double MaxUs)
{
    public static readonly LatencySummary None = new(0, 0, 0, 0, 0, 0, 0);

    public static LatencySummary Of(LongHistogram histogram)
    {
        if (histogram.TotalCount == 0) return None;
        return new LatencySummary(histogram.TotalCount, Us(histogram.GetMean()), At(50), At(90), At(99), At(99.9),
            Us(histogram.GetMaxValue()));

        double At(double percentile) => Us(histogram.GetValueAtPercentile(percentile));
    }

    /// <summary>Points for a plot: percentile and latency, denser towards 100 %.</summary>
    public static IReadOnlyList<PercentilePoint> Curve(LongHistogram histogram)
    {
        List<PercentilePoint> points = [];
        if (histogram.TotalCount == 0) return points;

        // A tail of 1/n is meaningful while it holds at least one answer.
        const int PointsPerDecade = 10;
        double decades = Math.Log10(histogram.TotalCount);
        for (int i = 0; i <= (int)(decades * PointsPerDecade); i++)
        {
            double percentile = 100 * (1 - Math.Pow(10, -(double)i / PointsPerDecade));
            points.Add(new PercentilePoint(Math.Round(percentile, 6), Us(histogram.GetValueAtPercentile(percentile))));
        }

        points.Add(new PercentilePoint(100, Us(histogram.GetMaxValue())));
        return points;
    }

    private static double Us(double ns) => Math.Round(ns / 1000, 1);
}

/// <summary>A point of a latency distribution.</summary>
internal sealed record PercentilePoint(double Percentile, double Us);
