namespace Dna.Fast.LoadGen.Compare;

/// <summary>What a figure may be at most, or must be at least. Immutable.</summary>
internal readonly record struct Target(double Limit, bool IsFloor = false)
{
    /// <summary>Said beside a measured median; a miss stands out.</summary>
    public string Verdict(double median) => (IsFloor ? median >= Limit : median <= Limit) ? "met" : "**missed**";

    /// <summary>For instance <c>≤ 1.25 × echo</c>.</summary>
    public string Text(string unit) => FormattableString.Invariant($"{(IsFloor ? '≥' : '≤')} {Limit:0.##} {unit}");
}
