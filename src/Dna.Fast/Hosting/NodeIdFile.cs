using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting;

/// <summary>A node's id, kept over restarts: 40 hexadecimal digits and a line's end.</summary>
internal static class NodeIdFile
{
    /// <param name="preferred">The id to take when there is no file; zero: a random one.</param>
    /// <param name="damaged">Where an unreadable file was set aside; null when there was none.</param>
    /// <returns>The id in the file, else a new random one, which is in the file then.</returns>
    /// <exception cref="IOException">It can neither be read nor written.</exception>
    /// <exception cref="UnauthorizedAccessException">It can neither be read nor written.</exception>
    public static InfoHash ReadOrCreate(string path, INodeRandom random, InfoHash preferred, out string? damaged)
    {
        damaged = null;
        if (File.Exists(path))
        {
            if (TryRead(path, out InfoHash kept)) return kept;
            damaged = path + ".damaged";
            File.Move(path, damaged, overwrite: true);
        }

        InfoHash id = preferred.IsZero ? New(random) : preferred;
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(id + "\n"));
        return id;
    }

    private static bool TryRead(string path, out InfoHash id)
    {
        using FileStream file = File.OpenRead(path);
        byte[] content = new byte[64];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return InfoHash.TryParse(Encoding.ASCII.GetString(content, 0, length).Trim(), out id) && !id.IsZero;
    }

    private static InfoHash New(INodeRandom random)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        InfoHash id;
        do
        {
            random.Fill(bytes);
            id = new InfoHash(bytes);
        }
        while (id.IsZero);
        return id;
    }
}
