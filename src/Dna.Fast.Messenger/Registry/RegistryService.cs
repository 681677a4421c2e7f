using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Finds bootstrap nodes that others registered, and registers ours (DNA layer, section 15.1). Any thread; a deadline covers a whole call.</summary>
public sealed class RegistryService(RecordNetwork network)
{
    /// <summary>Nodes that are pinged at a time.</summary>
    private const int InFlightMax = 16;

    /// <summary>What a ping may take.</summary>
    private static readonly TimeSpan PingDeadline = TimeSpan.FromSeconds(3);

    /// <summary>Registers a node: one value of its owner, beside the others'; nobody's list is written over (pain row 22).</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> RegisterAsync(RegistryNode node, TimeSpan deadline, CancellationToken cancellation = default)
    {
        byte[] data = RegistryCodec.Write([node]);
        return (await network.PutSharedAsync(DnaKeys.BootstrapRegistry(), TypeRegistry.SevenDays, data, network.Within(deadline), cancellation).ConfigureAwait(false)).Report;
    }

    /// <summary>Nodes that were seen lately and answer a ping now: nothing else proves that an address is a node's.</summary>
    /// <param name="max">As many as are wanted; the newest of each writer are asked first.</param>
    /// <returns>Success, also with none; NetworkError and Timeout when the registry cannot be read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<IReadOnlyList<RegistryNode>>> FindAsync(int max, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        RecordsFound found = await network.GetAllAsync(DnaKeys.BootstrapRegistry(), within, cancellation).ConfigureAwait(false);
        if (found.Code is not (ResultCode.Success or ResultCode.NotFound)) return Answer<IReadOnlyList<RegistryNode>>.No(found.Code);
        var named = new List<List<RegistryNode>>();
        foreach (var value in found.Values)
        {
            RegistryCodec.Read(value.Data.Span, out List<RegistryNode> nodes);
            named.Add(nodes);
        }

        var alive = new List<RegistryNode>();
        foreach (RegistryNode[] batch in RegistryCodec.Merge(named, network.Now).Chunk(InFlightMax))
        {
            bool[] answers = await Task.WhenAll(batch.Select(node => IsAliveAsync(node, within, cancellation))).ConfigureAwait(false);
            alive.AddRange(batch.Where((_, i) => answers[i]));
            if (alive.Count >= max || within.Left == TimeSpan.Zero) break;
        }

        return Answer<IReadOnlyList<RegistryNode>>.Of([.. alive.Take(max)]);
    }

    private async Task<bool> IsAliveAsync(RegistryNode node, Deadline deadline, CancellationToken cancellation)
    {
        NodeAddress address = NodeAddress.From(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(node.Ip), node.Port));
        TimeSpan left = deadline.Left < PingDeadline ? deadline.Left : PingDeadline;
        return await network.Dht.Plain.PingAsync(address, left, cancellation).ConfigureAwait(false) is not null;
    }
}
