using Dna.Fast.Kademlia.Guard;

namespace Dna.Fast.Settings.Keys;

/// <summary>What strangers may ask for.</summary>
internal static class LimitKeys
{
    private const string Rate = "a number of requests from 0 (no limit) to 100000000";

    /// <summary>More than a machine can receive: a larger number is a mistake.</summary>
    private const int RateMax = 100_000_000;

    public static ConfigKey<int> RequestsPerSecond { get; } = new(
        "limits.requests_per_second", ConfigKind.Number, "Requests a second that are answered, of all sources together; 0: no limit", Rate,
        RateLimits.Stock.Global, SettingTexts.Number(0, RateMax), SettingTexts.Write)
    {
        Flag = "--requests-per-second",
        HelpName = "N",
        IsLive = true,
    };

    public static ConfigKey<int> RequestsPerSource { get; } = new(
        "limits.requests_per_source", ConfigKind.Number, "Requests a second of one source (IPv4 address or IPv6 /64) that are answered; 0: no limit", Rate,
        RateLimits.Stock.PerSource, SettingTexts.Number(0, RateMax), SettingTexts.Write)
    {
        Flag = "--requests-per-source",
        HelpName = "N",
        IsLive = true,
    };

    public static ConfigListKey<AddressPrefix> Blocked { get; } = new(
        "limits.blocked", "Addresses and networks whose datagrams are dropped and which are not contacted", "addresses or networks such as 192.0.2.7, 198.51.100.0/24 or 2001:db8::/32",
        TryBlocked, prefix => prefix.ToString())
    {
        Flag = "--block",
        HelpName = "ADDR[/BITS]",
        IsLive = true,
        DefaultInWords = "none",
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [RequestsPerSecond, RequestsPerSource, Blocked];

    private static bool TryBlocked(string text, out AddressPrefix prefix, out string? problem)
    {
        problem = AddressPrefix.TryParse(text, out prefix) ? null : $"'{TomlText.Short(text)}' is no address such as 192.0.2.7 or network such as 198.51.100.0/24";
        return problem is null;
    }
}
