using System.Globalization;
using Dna.Fast.Kademlia.Guard;

namespace Dna.Fast.Settings;

/// <summary><c>GLOBAL[,PERSOURCE]</c> requests a second, or <c>off</c>. Without the second number: an eighth of the first, as stock nodes do.</summary>
internal static class RateLimitText
{
    private const int StockShare = 8;

    public static bool TryParse(string text, out RateLimits limits)
    {
        limits = RateLimits.Off;
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase)) return true;
        string[] parts = text.Split(',');
        if (parts.Length > 2 || !TryNumber(parts[0], out int global)) return false;
        int perSource = Math.Max(1, global / StockShare);
        if (parts.Length == 2 && !TryNumber(parts[1], out perSource)) return false;
        limits = new RateLimits(global, perSource);
        return true;
    }

    // 0 would mean "no limit" inside; a person who wants that says "off".
    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
