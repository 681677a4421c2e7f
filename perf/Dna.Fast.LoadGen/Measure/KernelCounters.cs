using System.Globalization;

namespace Dna.Fast.LoadGen.Measure;

/// <summary>What the kernel counted of UDP in this network namespace, IPv4 and IPv6 together. Reads /proc/net.</summary>
/// <param name="InDatagrams">Datagrams that programs received.</param>
/// <param name="OutDatagrams">Sends; one that the kernel splits into several datagrams counts once.</param>
/// <param name="ReceiveBufferErrors">Datagrams dropped because a socket's buffer was full.</param>
internal readonly record struct KernelCounters(long InDatagrams, long OutDatagrams, long ReceiveBufferErrors)
{
    public static KernelCounters Read()
    {
        try
        {
            KernelCounters four = ParseV4(File.ReadAllLines("/proc/net/snmp"));
            return File.Exists("/proc/net/snmp6") ? four.Plus(ParseV6(File.ReadAllLines("/proc/net/snmp6"))) : four;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    public KernelCounters Minus(in KernelCounters earlier) =>
        new(InDatagrams - earlier.InDatagrams, OutDatagrams - earlier.OutDatagrams, ReceiveBufferErrors - earlier.ReceiveBufferErrors);

    /// <summary>Reads the pair of lines <c>Udp: names</c>, <c>Udp: numbers</c>.</summary>
    internal static KernelCounters ParseV4(IReadOnlyList<string> lines)
    {
        string[][] udp =
            [.. lines.Where(l => l.StartsWith("Udp:", StringComparison.Ordinal)).Select(l =>
            l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        if (udp.Length < 2) return default;
        return new KernelCounters(Field("InDatagrams"), Field("OutDatagrams"), Field("RcvbufErrors"));

        long Field(string name)
        {
            int at = Array.IndexOf(udp[0], name);
            return at > 0 && at < udp[1].Length && long.TryParse(udp[1][at], CultureInfo.InvariantCulture, out long value) ? value : 0;
        }
    }

    /// <summary>Reads lines <c>name number</c>.</summary>
    internal static KernelCounters ParseV6(IReadOnlyList<string> lines)
    {
        return new KernelCounters(Field("Udp6InDatagrams"), Field("Udp6OutDatagrams"), Field("Udp6RcvbufErrors"));

        long Field(string name)
        {
            foreach (string line in lines)
            {
                string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length == 2 && parts[0] == name
                    && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long value)) return value;
            }

            return 0;
        }
    }

    private KernelCounters Plus(in KernelCounters other) =>
        new(InDatagrams + other.InDatagrams, OutDatagrams + other.OutDatagrams, ReceiveBufferErrors + other.ReceiveBufferErrors);
}
