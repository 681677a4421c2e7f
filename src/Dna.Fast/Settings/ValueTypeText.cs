using System.Globalization;

namespace Dna.Fast.Settings;

/// <summary>Value types as people write them: <c>7d</c>, <c>30d</c>, <c>365d</c>, or a number from 0 to 65535 (decimal, or hexadecimal behind 0x).</summary>
internal static class ValueTypeText
{
    public const ushort SevenDays = 0x1001;
    public const ushort ThirtyDays = 0x1003;
    public const ushort OneYear = 0x1002;

    public static bool TryParse(string text, out ushort type)
    {
        switch (text.ToUpperInvariant())
        {
            case "7D": type = SevenDays; return true;
            case "30D": type = ThirtyDays; return true;
            case "365D": type = OneYear; return true;
        }

        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ushort.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out type)
            : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out type);
    }
}
