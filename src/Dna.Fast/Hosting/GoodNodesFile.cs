using System.Text;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting;

/// <summary>The good nodes of an earlier run: a line each, <c>ID ADDRESS:PORT</c>, nearest first.</summary>
/// <remarks>A help, not a truth: lines that cannot be read are left out, and without the file a node joins by its bootstrap.</remarks>
internal static class GoodNodesFile
{
    /// <summary>Nodes kept: more than a routing table of a large network holds.</summary>
    public const int NodesMax = 1024;

    // The longest line: 40 digits, a space, an IPv6 address in brackets with a scope, a port.
    private const int LineBytesMax = 128;

    /// <param name="unread">Lines that could not be read.</param>
    public static IReadOnlyList<(InfoHash Id, NodeAddress Address)> Read(string path, out int unread)
    {
        unread = 0;
        var nodes = new List<(InfoHash, NodeAddress)>();
        foreach (string line in ReadText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (nodes.Count == NodesMax) break;
            if (TryParse(line, out InfoHash id, out NodeAddress address)) nodes.Add((id, address));
            else unread++;
        }

        return nodes;
    }

    /// <summary>Replaces the file. No nodes: the old file stays, for a node that lost its network needs it most.</summary>
    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static void Write(string path, IReadOnlyList<(InfoHash Id, NodeAddress Address)> nodes)
    {
        if (nodes.Count == 0) return;
        var text = new StringBuilder();
        foreach ((InfoHash id, NodeAddress address) in nodes.Take(NodesMax)) text.Append(id).Append(' ').Append(address).Append('\n');
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(text.ToString()));
    }

    private static bool TryParse(string line, out InfoHash id, out NodeAddress address)
    {
        address = default;
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        id = default;
        return space > 0
            && InfoHash.TryParse(line.AsSpan(0, space), out id) && !id.IsZero
            && NodeAddress.TryParse(line[(space + 1)..].TrimEnd(), 0, out address) && address.Port != 0;
    }

    private static string ReadText(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] content = new byte[Math.Min(file.Length, NodesMax * LineBytesMax)];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return Encoding.ASCII.GetString(content, 0, length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
