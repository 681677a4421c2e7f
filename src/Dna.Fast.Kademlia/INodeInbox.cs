using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What happened to a slot, as listeners are told.</summary>
public enum ValueChange : byte
{
    /// <summary>New or edited: listeners get the value.</summary>
    Stored,

    /// <summary>Lifetime began anew: listeners get <c>re</c>.</summary>
    Refreshed,

    /// <summary>Expired, evicted or removed: listeners get <c>exp</c>.</summary>
    Gone,
}

/// <summary>The way from the packet threads to the thread that owns the node. Any thread; bounded; a full inbox drops and counts.</summary>
public interface INodeInbox
{
    /// <summary>A node we do not know (or know elsewhere) spoke to us. Call only when the routing table could take it.</summary>
    void Heard(in InfoHash id, in NodeAddress address);

    /// <summary>A reply or an error, or a legacy push: matched to its request by the owner. The datagram is copied.</summary>
    void Answer(in Route from, ReadOnlySpan<byte> datagram);

    /// <summary>An update query for a subscription of ours, acknowledged already. The datagram is copied.</summary>
    void Update(in Route from, ReadOnlySpan<byte> datagram);

    /// <summary>A reply or an update whose values came in fragments.</summary>
    void Assembled(in Route from, ReassembledMessage message);

    /// <summary>A listener with a good token: add it or renew it, push what it has not seen, then reply to <paramref name="transaction"/>. The query is copied.</summary>
    void Listen(in Route from, uint transaction, in InfoHash id, in InfoHash key, uint socketId, uint listenVersion, ReadOnlySpan<byte> query);

    /// <summary>A slot changed under a key somebody may listen to.</summary>
    void Changed(in InfoHash key, ulong valueId, ValueChange change);

    /// <summary>Runs <paramref name="action"/> on the owner thread. Never dropped: for our own side, not for strangers.</summary>
    void Post(Action action);
}
