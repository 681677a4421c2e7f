using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>What tells one listener from another. The address is part of it, so that nobody takes over a listener by saying its node's id.</summary>
internal readonly record struct ListenerIdentity(InfoHash Node, NodeAddress Address, InfoHash Key, uint SocketId);

/// <summary>One node's socket under one key, as we serve it. Owner thread.</summary>
internal sealed class Listener
{
    public Listener(in ListenerIdentity identity)
    {
        Identity = identity;
        InAll = new LinkedListNode<Listener>(this);
        InHost = new LinkedListNode<Listener>(this);
        InKey = new LinkedListNode<Listener>(this);
    }

    public ListenerIdentity Identity { get; }

    /// <summary>The route of its last listen.</summary>
    public Route Route { get; set; }

    /// <summary><c>ve</c>: 0 gets legacy pushes.</summary>
    public uint Version { get; set; }

    /// <summary>Raw query map; empty: everything.</summary>
    public byte[] Query { get; set; } = [];

    /// <summary>Time of the last listen, in <see cref="Instant.Ms"/>.</summary>
    public long ListenedMs { get; set; }

    /// <summary>False once it was dropped: a push under way goes no further.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>Its place in the list of all, ordered by the last listen, oldest first.</summary>
    public LinkedListNode<Listener> InAll { get; }

    /// <summary>Its place in the list of its host, in the same order.</summary>
    public LinkedListNode<Listener> InHost { get; }

    /// <summary>Its place in the list of its key, in the same order.</summary>
    public LinkedListNode<Listener> InKey { get; }
}
