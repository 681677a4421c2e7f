using Dna.Fast.Wire;

namespace Dna.Fast.Settings.Keys;

/// <summary>Settings of the HTTP server: health, metrics, the status page.</summary>
internal static class HttpKeys
{
    public static ConfigListKey<NodeAddress> Listen { get; } = new(
        "http.listen", "Addresses to serve health, metrics and a status page on, to whoever reaches them: 127.0.0.1:9105 is this machine alone",
        "addresses such as \"127.0.0.1:9105\" or \"[::1]:9105\"", TryListen, address => address.ToString())
    {
        Flag = "--http",
        HelpName = "ADDR:PORT",
        DefaultInWords = "none: no HTTP",
        Example = "[\"127.0.0.1:9105\"]",
    };

    public static IReadOnlyList<ConfigKey> All { get; } = [Listen];

    internal static bool TryListen(string text, out NodeAddress address, out string? problem)
    {
        // Whatever port stands in for a missing one shows that it is missing.
        bool isAddress = NodeAddress.TryParse(text, 1, out address) && NodeAddress.TryParse(text, 2, out NodeAddress again) && address == again;
        problem = isAddress ? null : $"'{text}' is not ADDRESS:PORT, such as 127.0.0.1:9105 or [::1]:9105";
        return isAddress;
    }
}
