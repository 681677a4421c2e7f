using System.Globalization;
using Dna.Fast.Wire;

namespace Dna.Fast.Settings.Keys;

/// <summary>Where a node listens and whom it joins.</summary>
internal static class NetworkKeys
{
    public static ConfigKey<int> Port { get; } = new(
        "network.port", ConfigKind.Number, "UDP port; 0 takes a free one", "a port from 0 to 65535",
        HostPort.DefaultPort, SettingTexts.Number(0, ushort.MaxValue), SettingTexts.Write)
    {
        Flag = "--port",
        HelpName = "N",
    };

    public static ConfigListKey<NodeAddress> Bind { get; } = new(
        "network.bind", "Addresses to listen on", "addresses such as 192.0.2.1 or ::", SettingTexts.TryBind, AddressText)
    {
        Flag = "--bind",
        HelpName = "ADDR",
        DefaultInWords = "all, IPv4 and IPv6",
    };

    public static ConfigListKey<HostPort> Bootstrap { get; } = new(
        "network.bootstrap", $"Nodes to join by, port {HostPort.DefaultPort} where none is said; without any, this node starts a network",
        "nodes such as \"bootstrap.example.org\", \"192.0.2.1:4000\" or \"[2001:db8::1]:4000\"", HostPort.TryParse, entry => entry.Text)
    {
        Flag = "--bootstrap",
        FlagAliases = ["-b"],
        HelpName = "HOST[:PORT]",
        IsLive = true,
        DefaultInWords = "none",
    };

    public static ConfigKey<uint> Id { get; } = new(
        "network.id", ConfigKind.Number, "Network id; nodes of another one do not hear us", "a number from 0 to 4294967295, or 0x and hex digits",
        0, SettingTexts.TryNetwork, id => id.ToString(CultureInfo.InvariantCulture))
    {
        Flag = "--network",
        HelpName = "N",
    };

    public static ConfigKey<bool> PeerDiscovery { get; } = new(
        "network.peer_discovery", ConfigKind.Switch, "Find nodes on the local network by multicast, and be found", "true or false",
        false, SettingTexts.TrySwitch, SettingTexts.Write)
    {
        Flag = "--peer-discovery",
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Port, Bind, Bootstrap, Id, PeerDiscovery];

    private static string AddressText(NodeAddress address) => address.ToEndPoint().Address.ToString();
}
