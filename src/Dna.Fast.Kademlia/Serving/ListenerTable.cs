using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Who listens to what, and what they were told (section 7): the serving side.</summary>
/// <remarks>Owner thread only. Changes are gathered and pushed by <see cref="Turn"/>.</remarks>
public sealed class ListenerTable
{
    /// <summary>A push with values is closed once their packed sizes reach this: 56 KiB (section 1.6).</summary>
    public const int PushBytes = 56 * 1024;

    /// <summary>Ids in one push: 9 bytes each at most, so that the datagram passes unfragmented wherever a fragment of values does.</summary>
    public const int IdsPerPushMax = 128;

    public ListenerTable(NodeContext context, CounterSet counters, IUpdateSender sender) => throw new NotImplementedException();

    /// <summary>Listeners now.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>Told of every change under a key that was watched by <see cref="Watch"/>: for our own subscriptions to keys we store.</summary>
    public Action<InfoHash, ulong, ValueChange>? LocalChanged { get; set; }

    /// <summary>A listen with a good token (<see cref="INodeInbox.Listen"/>): renews a known socket, or adds it and pushes all current matches.</summary>
    public void Listen(in Route from, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query, in Instant now) =>
        throw new NotImplementedException();

    /// <summary>A slot changed (<see cref="INodeInbox.Changed"/>); pushed by the next <see cref="Turn"/>.</summary>
    public void Changed(in InfoHash key, ulong valueId, ValueChange change) => throw new NotImplementedException();

    /// <summary>Updates to this node went unanswered three times: all its listeners are dropped.</summary>
    public void DropNode(in InfoHash id, in NodeAddress address) => throw new NotImplementedException();

    /// <summary>Reports changes under <paramref name="key"/> to <see cref="LocalChanged"/>. Counted: one <see cref="Unwatch"/> for each.</summary>
    public void Watch(in InfoHash key, in Instant now) => throw new NotImplementedException();

    public void Unwatch(in InfoHash key) => throw new NotImplementedException();

    /// <summary>Pushes what changed, notices natural expiry, forgets listeners silent for 10 minutes.</summary>
    /// <returns>When to call again at the latest, in the milliseconds of <see cref="Instant.Ms"/>.</returns>
    public long Turn(in Instant now) => throw new NotImplementedException();
}
