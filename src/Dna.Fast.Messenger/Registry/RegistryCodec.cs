using System.Net;

namespace Dna.Fast.Messenger;

/// <summary>A bootstrap node as a registry names it (DNA layer, section 15.1). Nothing proves that the address is its writer's: ping it before use.</summary>
/// <param name="Ip">An address as text.</param>
/// <param name="Port">UDP port.</param>
/// <param name="NodeId">Hex digits, at most 128.</param>
/// <param name="Version">The node's program, at most 63 bytes.</param>
/// <param name="LastSeen">When it wrote this, in seconds since 1970.</param>
/// <param name="Uptime">Seconds.</param>
public sealed record RegistryNode(string Ip, ushort Port, string NodeId, string Version, ulong LastSeen, ulong Uptime)
{
    /// <summary>Seconds after which an entry does not count (section 15.1).</summary>
    public const ulong StaleSeconds = 900;
}

/// <summary>The bootstrap registry as text and back (DNA layer, section 15.1). Any thread.</summary>
/// <remarks>Plain JSON: <c>version 1, node_count, nodes[{ip, port, node_id, version, last_seen, uptime}]</c>.</remarks>
public static class RegistryCodec
{
    /// <summary>Nodes of a registry.</summary>
    public const int NodesMax = 256;

    private const byte Version = 1;
    private const int VersionSize = 64;
    private const int NodeIdCharacters = 128;

    /// <summary>Reads a registry; entries without a usable address are left out.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out List<RegistryNode> nodes)
    {
        nodes = [];
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.UInt64("version") is not { } version) return RecordStatus.Incomplete;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (json.Objects("nodes", NodesMax) is not { } entries) return RecordStatus.TooLarge;
        foreach (JsonRecord entry in entries)
        {
            if (entry.Text("ip") is { } ip && IPAddress.TryParse(ip, out _) && entry.UInt64("port") is { } port and > 0 and <= ushort.MaxValue && entry.UInt64("last_seen") is { } lastSeen)
                nodes.Add(new RegistryNode(ip, (ushort)port, NodeIdOf(entry), ProfileText.Cut(entry.Text("version"), VersionSize), lastSeen, entry.UInt64("uptime") ?? 0));
        }

        return RecordStatus.Ok;
    }

    /// <summary>The registry as later clients print it.</summary>
    public static byte[] Write(IReadOnlyCollection<RegistryNode> nodes)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain).BeginObject().Field("version", Version).Field("node_count", (ulong)nodes.Count).Name("nodes").BeginArray();
        foreach (RegistryNode node in nodes)
        {
            json.BeginObject().Field("ip", node.Ip).Field("port", node.Port).Field("node_id", node.NodeId).Field("version", node.Version)
                .Field("last_seen", node.LastSeen).Field("uptime", node.Uptime).EndObject();
        }

        return json.EndArray().EndObject().ToArray();
    }

    /// <summary>Several owners' lists as one: of each address and port the entry that was seen last, without stale ones and those from the future.</summary>
    /// <remarks>Newest first within a list, and the lists in turn: whoever fills a list with fresh addresses that nobody answers at does not bury the others' nodes.</remarks>
    /// <param name="now">Seconds since 1970.</param>
    public static List<RegistryNode> Merge(IEnumerable<IReadOnlyList<RegistryNode>> lists, ulong now)
    {
        RegistryNode[][] fresh =
        [
            .. lists.Select(list => list
                .Where(node => node.LastSeen <= now + Presence.ClockSkewSeconds && node.LastSeen + RegistryNode.StaleSeconds > now)
                .OrderByDescending(node => node.LastSeen).ToArray()).OrderByDescending(list => list.Length > 0 ? list[0].LastSeen : 0),
        ];
        Dictionary<(string, ushort), RegistryNode> newest = fresh.SelectMany(list => list).OrderByDescending(node => node.LastSeen)
            .DistinctBy(node => (node.Ip, node.Port)).ToDictionary(node => (node.Ip, node.Port));
        return [.. InTurn.Take(fresh).DistinctBy(node => (node.Ip, node.Port)).Take(NodesMax).Select(node => newest[(node.Ip, node.Port)])];
    }

    private static string NodeIdOf(JsonRecord entry) =>
        entry.Text("node_id") is { } id && id.Length <= NodeIdCharacters && id.All(char.IsAsciiHexDigit) ? id : "";
}
