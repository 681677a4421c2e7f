using System.Globalization;
using System.Text.Json.Serialization;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>One figure over the rounds. 0, and what is no number, is a figure that is missing.</summary>
internal sealed record Spread(double Min, double Median, double Max)
{
    /// <summary>True: no round lacks the figure. Only of figures that cannot be 0.</summary>
    [JsonIgnore]
    public bool IsWhole => Min > 0 && double.IsFinite(Max);

    /// <summary>Of at least one number.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new ArgumentException("no values", nameof(values));
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(Rounded(sorted[0]), Rounded(median), Rounded(sorted[^1]));
    }

    /// <summary>Round by round, one figure over another: what disturbs a whole round disturbs both. 0 where either is missing.</summary>
    public static Spread Ratio(IReadOnlyList<double> values, IReadOnlyList<double> limits) =>
        Of(values.Zip(limits, (value, limit) => limit > 0 ? value / limit : 0));

    /// <summary>The same in a larger unit.</summary>
    public Spread Over(double unit) => new(Min / unit, Median / unit, Max / unit);

    /// <summary>The median, with minimum and maximum in brackets unless all are shown alike.</summary>
    public string Text(string format)
    {
        string median = In(Median), min = In(Min), max = In(Max);
        return min == max ? median : $"{median} ({min} to {max})";

        string In(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    // Six significant digits are more than any of these figures has.
    private static double Rounded(double value) => value == 0 || !double.IsFinite(value) ? 0
        : Math.Round(value, Math.Clamp(5 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 10));
}
