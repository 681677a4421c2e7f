using System.Globalization;
using Dna.Fast.Commands;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Settings;

/// <summary>Settings as people write them: readers and writers of their texts that need no file of their own.</summary>
internal static class SettingTexts
{
    private static readonly string[] Levels = ["trace", "debug", "info", "warn", "error", "critical", "off"];

    /// <summary>A reader of decimal numbers within a range, both ends included.</summary>
    public static Texts.TryParse<int> Number(int least, int most) => (string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

    /// <summary>A reader of sizes of at least so many bytes.</summary>
    public static Texts.TryParse<long> Size(long least) => (string text, out long bytes) => ByteSize.TryParse(text, out bytes) && bytes >= least;

    public static string Write(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static bool TrySwitch(string text, out bool isOn)
    {
        isOn = text.Equals("true", StringComparison.OrdinalIgnoreCase);
        return isOn || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    public static string Write(bool isOn) => isOn ? "true" : "false";

    /// <summary>A path: not empty, and no NUL in it.</summary>
    public static bool TryPath(string text, out string path)
    {
        path = text;
        return text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>A path, or nothing: none.</summary>
    public static bool TryOptionalPath(string text, out string? path)
    {
        path = text.Length == 0 ? null : text;
        return !text.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>Decimal, or hexadecimal behind 0x; 32 bits.</summary>
    public static bool TryNetwork(string text, out uint network) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out network)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out network);

    /// <summary>An address without a port: a port behind one address would be ignored beside the one for all.</summary>
    public static bool TryBind(string text, out NodeAddress address, out string? problem)
    {
        problem = NodeAddress.TryParse(text, 0, out address) && address.Port == 0 ? null : $"'{TomlText.Short(text)}' is no address such as 192.0.2.1 or ::";
        return problem is null;
    }

    public static bool TryLevel(string text, out LogLevel level)
    {
        string lower = text.ToLowerInvariant();
        int at = Array.IndexOf(Levels, lower switch { "information" => "info", "warning" => "warn", "none" => "off", _ => lower });
        level = at < 0 ? LogLevel.None : (LogLevel)at;
        return at >= 0 && level != LogLevel.Critical;
    }

    public static string Write(LogLevel level) => Levels[(int)level];

    public static bool TryFormat(string text, out LogFormat format) =>
        Enum.TryParse(text, ignoreCase: true, out format) && Enum.IsDefined(format) && !char.IsAsciiDigit(text[0]);

    public static string Write(LogFormat format) => format == LogFormat.Json ? "json" : "text";
}
