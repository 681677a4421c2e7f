using System.Globalization;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary>What all client commands take: whom to ask, in which network, for how long.</summary>
internal static class ClientOptions
{
    /// <summary>A put or get over a few hops with lost datagrams ends within this; a lone dead node is given up after 10 s.</summary>
    private const int TimeoutSecondsDefault = 30;

    public static TextOption<HostPort> BootstrapOption() => new("--bootstrap", new HostPort("127.0.0.1:4000", NodeAddress.V4(0x7F000001, HostPort.DefaultPort)), "-b")
    {
        Description = "A node of the network [default: 127.0.0.1:4000]",
        HelpName = "HOST[:PORT]",
        CustomParser = result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out HostPort? entry, out string? problem)) return entry;
            result.AddError($"--bootstrap: {problem}.");
            return null;
        },
    };

    public static TextOption<uint> NetworkOption() => Texts.Option<uint>(
        "--network", "Network id; nodes of another one do not hear us", "N", ("0", 0u), SettingTexts.TryNetwork, "a number from 0 to 4294967295, or 0x and hex digits");

    public static TextOption<int> TimeoutOption() => Texts.Option<int>(
        "--timeout", "Seconds to wait for the answer", "S", ($"{TimeoutSecondsDefault}", TimeoutSecondsDefault), TrySeconds, "a number of seconds from 1 to 86400");

    private static bool TrySeconds(string text, out int seconds) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is >= 1 and <= 86_400;
}
