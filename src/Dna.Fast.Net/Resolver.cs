using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <param name="Addresses">In the resolver's order, without repetition; empty when <paramref name="Error"/> is not null.</param>
/// <param name="Error">For people: what could not be resolved and why.</param>
public sealed record ResolveResult(IReadOnlyList<NodeAddress> Addresses, string? Error);

/// <summary>Turns what people write into addresses. Any thread.</summary>
public static class Resolver
{
    /// <summary>Resolves <c>host</c>, <c>host:port</c>, <c>192.0.2.1:port</c>, <c>[2001:db8::1]:port</c> or a bare IPv6 address.</summary>
    /// <param name="defaultPort">Used when the text has none.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<ResolveResult> ResolveAsync(string text, ushort defaultPort, CancellationToken cancellation = default)
    {
        if (NodeAddress.TryParse(text, defaultPort, out NodeAddress literal))
        {
            return literal.Port == 0 ? Fail(text, "port 0 is no port") : new ResolveResult([literal], null);
        }

        if (!TrySplit(text, defaultPort, out string host, out ushort port)) return Fail(text, "expected HOST or HOST:PORT");
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            NodeAddress[] addresses = [.. found.Select(address => NodeAddress.From(new IPEndPoint(address, port))).Distinct()];
            return addresses.Length == 0 ? Fail(text, "the name has no address") : new ResolveResult(addresses, null);
        }
        catch (SocketException error)
        {
            return Fail(text, error.Message);
        }
        catch (ArgumentException error)
        {
            return Fail(text, error.Message);
        }
    }

    /// <summary>Splits a name from its port. No colon: the default. IPv6 addresses are not names.</summary>
    /// <returns>False when there is no name, or no port from 1 to 65535 behind the colon.</returns>
    internal static bool TrySplit(string text, ushort defaultPort, out string host, out ushort port)
    {
        port = defaultPort;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        host = colon < 0 ? text : text[..colon];
        if (host.Length == 0 || host.Any(char.IsWhiteSpace)) return false;
        if (colon < 0) return port != 0;
        return ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
    }

    private static ResolveResult Fail(string text, string why) => new([], $"cannot resolve '{text}': {why}");
}
