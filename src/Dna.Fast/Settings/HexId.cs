using System.Globalization;

namespace Dna.Fast.Settings;

/// <summary>Value ids as people write them: 1 to 16 hexadecimal digits, not 0.</summary>
internal static class HexId
{
    public static bool TryParse(string text, out ulong id) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && id != 0 && text.Length <= 16;
}
