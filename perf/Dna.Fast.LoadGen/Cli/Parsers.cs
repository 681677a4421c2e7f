using System.Globalization;
using System.Net;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>What people write on a command line, as values. Each method returns false when the text means nothing.</summary>
internal static class Parsers
{
    /// <summary>Source addresses in one range, at most: a loopback network has more, and no run needs them.</summary>
    private const int RangeMax = 4096;

    /// <summary><c>10</c>, <c>10s</c>, <c>250ms</c>, <c>2m</c>: nanoseconds, from 0 to a day.</summary>
    public static bool TryDuration(string text, out long ns)
    {
        (string number, double unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1e6),
            _ when text.EndsWith('s') => (text[..^1], 1e9),
            _ when text.EndsWith('m') => (text[..^1], 60e9),
            _ => (text, 1e9),
        };
        bool good = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit <= 86_400e9;
        ns = good ? (long)(value * unit) : 0;
        return good;
    }

    /// <summary><c>100</c>, <c>64,256,1024</c> or <c>50-400</c> (eight sizes from first to last).</summary>
    public static bool TrySizes(string text, out List<int> sizes)
    {
        sizes = [];
        string[] ends = text.Split('-');
        if (ends.Length == 2 && TrySize(ends[0], out int from) && TrySize(ends[1], out int to) && from <= to)
        {
            const int Steps = 8;
            sizes = [.. Enumerable.Range(0, Steps).Select(i => from + (to - from) * i / (Steps - 1)).Distinct()];
            return true;
        }

        foreach (string part in text.Split(','))
        {
            if (!TrySize(part, out int size)) return false;
            sizes.Add(size);
        }

        return sizes.Count is > 0 and <= 64;
    }

    /// <summary>Comma-separated addresses and ranges whose last byte counts up: <c>127.0.0.1-127.0.0.8,127.0.1.1</c>.</summary>
    public static bool TrySources(string text, out List<NodeAddress> sources)
    {
        sources = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !IPAddress.TryParse(ends[0], out IPAddress? from)) return false;
            var first = NodeAddress.From(new IPEndPoint(from, 0));
            NodeAddress last = first;
            if (ends.Length == 2)
            {
                if (!IPAddress.TryParse(ends[1], out IPAddress? to)) return false;
                last = NodeAddress.From(new IPEndPoint(to, 0));
                if (!first.IsV4 || !last.IsV4 || last.Low < first.Low || last.Low - first.Low >= RangeMax) return false;
            }

            for (ulong i = 0; i <= last.Low - first.Low; i++) sources.Add(first.IsV4 ? NodeAddress.V4((uint)(first.Low + i), 0) : first);
        }

        return sources.Count > 0;
    }

    /// <summary>A number, decimal or <c>0x1001</c>, up to <paramref name="max"/>.</summary>
    public static bool TryNumber(string text, ulong max, out ulong value)
    {
        bool good = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return good && value <= max;
    }

    /// <summary>Host name or address with an optional port (4222): its first address.</summary>
    /// <exception cref="LoadException">Not known, or not written so.</exception>
    public static NodeAddress Target(string text)
    {
        const ushort DefaultPort = 4222;
        if (NodeAddress.TryParse(text, DefaultPort, out NodeAddress address)) return Checked(address, text);
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        ulong port = DefaultPort;
        if (colon >= 0 && !TryNumber(text[(colon + 1)..], ushort.MaxValue, out port)) throw Unclear(text);
        try
        {
            IPAddress[] found = Dns.GetHostAddresses(host);
            if (found.Length > 0) return Checked(NodeAddress.From(new IPEndPoint(found[0], (int)port)), text);
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException or ArgumentException)
        {
            // Reported below, like a name without addresses.
        }

        throw new LoadException(ExitCode.Unreachable, $"the name '{host}' has no address",
            "check the name, or give an address such as 127.0.0.1:4222 or [::1]:4222");
    }

    private static NodeAddress Checked(in NodeAddress address, string text) => address.Port == 0 || address.IsUnspecified
        ? throw Unclear(text) : address;

    private static LoadException Unclear(string text) =>
        LoadException.Usage($"'{text}' is no target", "write HOST, HOST:PORT, 127.0.0.1:4222 or [::1]:4222; without a port it is 4222");

    private static bool TrySize(string text, out int size) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size <= 65_400;
}
