namespace Dna.Fast.LoadGen.Compare;

/// <summary>What a figure may be at most, or must be at least. Immutable.</summary>
internal readonly record struct Target(double Limit, bool IsFloor = false)
{
    /// <summary>Said beside figures that nothing can be said of: a round without one, wrong answers, too many lost.</summary>
    public const string Invalid = "**invalid**";

    /// <summary>Said beside measured figures, by their median; a miss stands out.</summary>
    /// <param name="isSound">False: the figures come of answers that were wrong or missing.</param>
    public string Verdict(Spread measured, bool isSound = true)
    {
        if (!isSound || !measured.IsWhole) return Invalid;
        return (IsFloor ? measured.Median >= Limit : measured.Median <= Limit) ? "met" : "**missed**";
    }

    /// <summary>For instance <c>≤ 1.25 × echo</c>.</summary>
    public string Text(string unit) => FormattableString.Invariant($"{(IsFloor ? '≥' : '≤')} {Limit:0.##} {unit}");
}
