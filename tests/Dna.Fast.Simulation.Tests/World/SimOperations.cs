using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>A put under way.</summary>
internal sealed class SimPut
{
    public PutOutcome? Outcome { get; set; }

    public required IOperation Operation { get; set; }
}

/// <summary>A get under way.</summary>
internal sealed class SimGet
{
    public GetOutcome? Outcome { get; set; }

    public List<byte[]> Values { get; } = [];
}

/// <summary>A subscription.</summary>
internal sealed class SimListen
{
    public List<(ValueChange Change, ulong Id)> Events { get; } = [];

    public required IOperation Operation { get; set; }

    public int CountOf(ValueChange change, ulong id) => Events.Count(told => told == (change, id));
}

/// <summary>Operations of a node as scenarios write them.</summary>
internal static class SimOperations
{
    /// <summary>An operation must have ended after this long: three steps of 10 s each, the longest a request may take, and some.</summary>
    public const long OperationMsMax = 60_000;

    public static SimPut Put(this SimNode node, SimNetwork network, InfoHash key, byte[] packed, bool permanent = false)
    {
        SimPut put = new() { Operation = null! };
        put.Operation = node.Node.Put(key, packed, network.Now.UnixMs, permanent, outcome => put.Outcome = outcome);
        return put;
    }

    public static SimGet Get(this SimNode node, InfoHash key)
    {
        SimGet get = new();
        List<byte[]> own = [];
        node.Node.Get(
            key,
            default,
            found =>
            {
                byte[] packed = found.Packed.ToArray();
                if (found.From == default) own.Add(packed);
                // What our own store has is told again when a node has it too.
                if (found.From == default || own.RemoveAll(value => value.AsSpan().SequenceEqual(packed)) == 0) get.Values.Add(packed);
                return true;
            },
            outcome => get.Outcome = outcome);
        return get;
    }

    public static SimListen Listen(this SimNode node, InfoHash key)
    {
        SimListen listen = new() { Operation = null! };
        listen.Operation = node.Node.Listen(key, default, told => listen.Events.Add((told.Change, told.ValueId)));
        return listen;
    }

    /// <summary>Puts and waits for the end.</summary>
    public static PutOutcome PutAndWait(this SimNetwork network, SimNode node, InfoHash key, byte[] packed, bool permanent = false)
    {
        SimPut put = node.Put(network, key, packed, permanent);
        network.RunUntil(() => put.Outcome is not null, OperationMsMax, "A put ends");
        return put.Outcome!.Value;
    }

    /// <summary>Gets and waits for the end.</summary>
    public static SimGet GetAndWait(this SimNetwork network, SimNode node, InfoHash key)
    {
        SimGet get = node.Get(key);
        network.RunUntil(() => get.Outcome is not null, OperationMsMax, "A get ends");
        return get;
    }

    /// <summary>The nodes nearest to a key, by looking at all of them.</summary>
    public static IReadOnlyList<SimNode> Nearest(this SimNetwork network, InfoHash key, int count) =>
        network.Nodes.Where(node => node.IsRunning)
            .OrderBy(node => node.Id ^ key)
            .Take(count)
            .ToList();

    /// <summary>The running nodes that hold a value.</summary>
    public static IReadOnlyList<SimNode> Holders(this SimNetwork network, InfoHash key, ulong id) =>
        network.Nodes.Where(node => node.IsRunning && node.Stored(key).Contains(id)).ToList();

    public static SimNode AnyNode(this SimNetwork network)
    {
        IReadOnlyList<SimNode> running = network.Nodes.Where(node => node.IsRunning).ToList();
        return running[network.Dice.Below(running.Count)];
    }
}
