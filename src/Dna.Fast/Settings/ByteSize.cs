using System.Globalization;

namespace Dna.Fast.Settings;

/// <summary>Sizes as people write them: <c>67108864</c>, <c>64MiB</c>, <c>1GiB</c>, <c>500M</c>. K, M, G and T mean powers of 1000, Ki, Mi, Gi and Ti of 1024; a final B changes nothing.</summary>
internal static class ByteSize
{
    /// <returns>False when it is no size, is negative or does not fit 63 bits.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
        string unit = text[digits..].Trim().ToUpperInvariant();
        if (unit.EndsWith('B')) unit = unit[..^1];
        long factor = unit switch
        {
            "" => 1,
            "K" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            "T" => 1_000_000_000_000,
            "KI" => 1L << 10,
            "MI" => 1L << 20,
            "GI" => 1L << 30,
            "TI" => 1L << 40,
            _ => 0,
        };
        if (factor == 0 || number > long.MaxValue / factor) return false;
        bytes = (long)(number * factor);
        return true;
    }

    /// <summary>Exactly, as <see cref="TryParse"/> reads it: <c>64MiB</c>, or bytes where no unit divides them.</summary>
    public static string Write(long bytes)
    {
        ReadOnlySpan<string> units = ["", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary>For people: <c>64.0 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {units[unit]}");
    }
}
