namespace Dna.Fast.LoadGen.Workload;

/// <summary>
/// Ranks by Zipf's law: rank r (from 0) comes with a probability proportional to 1 / (r + 1)^s. One thread (the random numbers').
/// </summary>
/// <remarks>
/// Rejection-inversion (Hörmann and Derflinger, 1996): constant time and memory for any number of ranks. H is the integral of x^-s, used as
/// an envelope of the sum; a candidate is accepted when it lies under the true step.
/// </remarks>
internal sealed class ZipfSampler
{
    private readonly uint _count;
    private readonly double _s;
    private readonly double _left;
    private readonly double _right;
    private readonly double _shortcut;

    /// <param name="count">Number of ranks, at least 1.</param>
    /// <param name="s">Skew, above 0.</param>
    public ZipfSampler(uint count, double s)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(s);
        _count = count;
        _s = s;
        _left = Integral(1.5) - 1;
        _right = Integral(count + 0.5);
        _shortcut = 2 - Inverse(Integral(2.5) - Math.Pow(2, -s));
    }

    /// <summary>A rank, 0 to count - 1; 0 is the most popular.</summary>
    public uint Next(SplitMix random)
    {
        // Accepts more than half of the candidates whatever the skew, so it ends; the bound is for the reader.
        for (int i = 0; i < 1000; i++)
        {
            double u = _right + random.NextDouble() * (_left - _right);
            double x = Inverse(u);
            double k = Math.Clamp(Math.Floor(x + 0.5), 1, _count);
            if (k - x <= _shortcut || u >= Integral(k + 0.5) - Math.Pow(k, -_s)) return (uint)k - 1;
        }

        return 0;
    }

    private double Integral(double x)
    {
        double log = Math.Log(x);
        return Expm1Ratio((1 - _s) * log) * log;
    }

    private double Inverse(double x)
    {
        double t = Math.Max(-1, x * (1 - _s));
        return Math.Exp(Log1pRatio(t) * x);
    }

    // (e^x - 1) / x and log(1 + x) / x, which the skew 1 takes to x = 0, where only a series is exact.
    private static double Expm1Ratio(double x) => Math.Abs(x) > 1e-8 ? (Math.Exp(x) - 1) / x : 1 + x / 2 * (1 + x / 3);

    private static double Log1pRatio(double x) => Math.Abs(x) > 1e-8 ? Math.Log(1 + x) / x : 1 - x / 2 * (1 - 2 * x / 3);
}
