using Microsoft.Extensions.Logging;

namespace Dna.Fast.Settings.Keys;

/// <summary>What is logged, and how.</summary>
internal static class LogKeys
{
    /// <summary>A day: longer intervals are a mistake in the unit.</summary>
    private const int SecondsMax = 86_400;

    /// <summary>An hour: what is folded longer comes too late for whoever watches.</summary>
    private const int FoldSecondsMax = 3600;

    public static ConfigKey<LogLevel> Level { get; } = new(
        "log.level", ConfigKind.Text, "The least important lines that are logged", "trace, debug, info, warn, error or off",
        LogLevel.Information, SettingTexts.TryLevel, SettingTexts.Write)
    {
        Flag = "--log-level",
        HelpName = "LEVEL",
        IsLive = true,
    };

    public static ConfigKey<LogFormat> Format { get; } = new(
        "log.format", ConfigKind.Text, "Log lines for people (text) or for programs (json)", "text or json",
        LogFormat.Text, SettingTexts.TryFormat, SettingTexts.Write)
    {
        Flag = "--log-format",
        HelpName = "FORMAT",
        IsLive = true,
    };

    public static ConfigKey<int> StatisticsInterval { get; } = new(
        "log.statistics_interval", ConfigKind.Number, "Seconds between statistics lines in the log; 0: none", "a number of seconds from 0 to 86400",
        0, SettingTexts.Number(0, SecondsMax), SettingTexts.Write)
    {
        Flag = "--stats-interval",
        HelpName = "S",
        IsLive = true,
    };

    public static ConfigKey<int> Fold { get; } = new(
        "log.fold", ConfigKind.Number, "Seconds for which a line that repeats is said once, and then how often it came; 0: each time", "a number of seconds from 0 to 3600",
        10, SettingTexts.Number(0, FoldSecondsMax), SettingTexts.Write)
    {
        Flag = "--log-fold",
        HelpName = "S",
        IsLive = true,
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Level, Format, Fold, StatisticsInterval];
}
