using Dna.Fast.Kademlia.Guard;

namespace Dna.Fast.Settings.Keys;

/// <summary>What strangers may ask for.</summary>
internal static class LimitKeys
{
    private const string Rate = "a number of requests from 0 (no limit) to 100000000";

    /// <summary>A node that only keeps its place in the network takes as much; who writes less forgot the unit.</summary>
    private const long TrafficBytesMin = 1_000_000_000;

    /// <summary>Every month has this day.</summary>
    private const int MonthDayMax = 28;

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
        TryPrefix, prefix => prefix.ToString())
    {
        Flag = "--block",
        HelpName = "ADDR[/BITS]",
        IsLive = true,
        DefaultInWords = "none",
    };

    public static ConfigKey<PrivateAddresses> Private { get; } = new(
        "limits.private_addresses", ConfigKind.Text,
        "Addresses that are not of the public internet: auto (contacted and answered only among themselves), refuse (but for loopback), allow", "auto, refuse or allow",
        PrivateAddresses.Auto, TryPrivate, value => value.ToString().ToLowerInvariant())
    {
        Flag = "--private-addresses",
        HelpName = "WHAT",
        IsLive = true,
    };

    public static ConfigKey<long> MonthlyTraffic { get; } = new(
        "limits.monthly_traffic", ConfigKind.Size, "Bytes of IP traffic a month, in and out; from nine tenths of it on the node serves only what is cheap; 0: no limit",
        "0 or a size such as 1TB, at least 1GB", 0, TryTraffic, ByteSize.Write)
    {
        Flag = "--monthly-traffic",
        HelpName = "SIZE",
        IsLive = true,
    };

    public static ConfigKey<int> TrafficMonthDay { get; } = new(
        "limits.traffic_month_day", ConfigKind.Number, "Day on which the provider's month begins, at 00:00 UTC", "a day from 1 to 28", 1, SettingTexts.Number(1, MonthDayMax), SettingTexts.Write)
    {
        IsLive = true,
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [RequestsPerSecond, RequestsPerSource, Blocked, Private, MonthlyTraffic, TrafficMonthDay];

    private static bool TryPrivate(string text, out PrivateAddresses value)
    {
        value = text switch { "refuse" => PrivateAddresses.Refuse, "allow" => PrivateAddresses.Allow, _ => PrivateAddresses.Auto };
        return value != PrivateAddresses.Auto || text == "auto";
    }

    private static bool TryTraffic(string text, out long bytes) => ByteSize.TryParse(text, out bytes) && bytes is 0 or >= TrafficBytesMin;

    /// <summary>An address, or a network by its prefix.</summary>
    public static bool TryPrefix(string text, out AddressPrefix prefix, out string? problem)
    {
        problem = AddressPrefix.TryParse(text, out prefix) ? null : $"'{TomlText.Short(text)}' is no address such as 192.0.2.7 or network such as 198.51.100.0/24";
        return problem is null;
    }
}
