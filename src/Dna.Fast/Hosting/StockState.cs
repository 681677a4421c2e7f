using Dna.Fast.Kademlia;
using Dna.Fast.Logging;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>The state file of a stock node (its <c>-f</c>), read at the start and written with the good nodes, so that either program can follow the other.</summary>
internal sealed class StockState(string? path, ILogger log)
{
    /// <summary>A file of more than this is none: some thousand values of the largest size.</summary>
    public const long BytesMax = 256L << 20;

    /// <summary>The file's nodes and id; empty without a file.</summary>
    public StateFile Read()
    {
        if (path is null || !File.Exists(path)) return new StateFile();
        try
        {
            if (new FileInfo(path).Length <= BytesMax && StateFile.TryRead(File.ReadAllBytes(path), out StateFile file))
            {
                log.StateRead(path, file.Nodes.Count, file.ValueKeys);
                return file;
            }

            log.StateNotRead(path, "it is no state file, or damaged");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.StateNotRead(path, failure.Message);
        }

        return new StateFile();
    }

    /// <summary>Replaces the file. A failure is logged; the node's own files are another matter.</summary>
    public void Write(Node node)
    {
        if (path is null) return;
        try
        {
            AtomicFile.Write(path, new StateFile { Id = node.Id, Nodes = node.GoodNodes() }.ToBytes());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.NodesNotSaved(failure.Message);
        }
    }
}
