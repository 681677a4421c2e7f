using System.Globalization;
using Dna.Fast.Wire;

namespace Dna.Fast.Settings;

/// <summary>A bootstrap entry: <c>HOST</c>, <c>HOST:PORT</c>, <c>192.0.2.1:4000</c>, <c>[2001:db8::1]:4000</c> or a bare IPv6 address.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Literal">The address when it is one, else <c>default</c>: a name, to be resolved.</param>
internal sealed record HostPort(string Text, NodeAddress Literal)
{
    /// <summary>This network's port, where none is said. (Stock tools have another default, 4222: say it for their nodes.)</summary>
    public const ushort DefaultPort = 4000;

    /// <summary>Longest host name, in characters (RFC 1035).</summary>
    private const int NameCharactersMax = 253;

    public bool IsName => !Literal.IsValid;

    /// <returns>False with the reason, for people, when it can never be an address.</returns>
    public static bool TryParse(string text, out HostPort? entry, out string? problem)
    {
        entry = null;
        problem = null;
        if (NodeAddress.TryParse(text, DefaultPort, out NodeAddress literal))
        {
            if (literal.Port == 0 || literal.IsUnspecified) problem = $"'{text}' is no address anybody can be reached at";
            else entry = new HostPort(text, literal);
            return problem is null;
        }

        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        bool hasPort = colon < 0
            || (ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port != 0);
        // Four dotted numbers that are no address would be asked of a name server for ever.
        bool isNumber = host.Length > 0 && host.All(c => char.IsAsciiDigit(c) || c == '.');
        if (!hasPort || isNumber || !IsHostName(host)) problem = $"'{text}' is not HOST, HOST:PORT or [IPV6]:PORT";
        else entry = new HostPort(text, default);
        return problem is null;
    }

    private static bool IsHostName(string host) =>
        host.Length is > 0 and <= NameCharactersMax && host[0] != '-' && host.Split('.').All(IsLabel) && host.All(c => c < 0x80);

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
