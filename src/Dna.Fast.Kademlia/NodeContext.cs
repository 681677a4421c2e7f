using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What all parts of one node share. Immutable; its members say which threads may use them.</summary>
public sealed class NodeContext
{
    public required NodeOptions Options { get; init; }

    public required IValueStore Store { get; init; }

    /// <summary>Remembers what it verified already.</summary>
    public required IValueVerifier Verifier { get; init; }

    public required Gate Gate { get; init; }

    public required TokenMint Tokens { get; init; }

    public required RoutingTable Table4 { get; init; }

    public required RoutingTable Table6 { get; init; }

    public required INodeInbox Inbox { get; init; }

    /// <summary>Which keys have listeners now.</summary>
    public required ListenedKeys Listened { get; init; }

    /// <summary>Answers and pushes the asking side waits for.</summary>
    public ExpectedAnswers Expected { get; } = new();

    /// <summary>How our datagrams say who we are.</summary>
    public Sender Self => new(Options.Id, Options.Network, Options.IsClient);

    public RoutingTable Table(IpFamily family) => family == IpFamily.V4 ? Table4 : Table6;
}

/// <summary>The set of keys with at least one listener: the packet threads ask it after a put, the owner thread keeps it.</summary>
public sealed class ListenedKeys
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<InfoHash, byte> _keys = new();

    // The dictionary's own IsEmpty takes all its locks to say yes, as many as there are processors, and every put on a node without listeners asks.
    private int _count;

    /// <summary>Any thread; lock-free; allocates nothing.</summary>
    public bool Contains(in InfoHash key) => Volatile.Read(ref _count) != 0 && _keys.ContainsKey(key);

    /// <summary>Owner thread.</summary>
    public void Add(in InfoHash key)
    {
        // Before anybody may rely on being told: the count rises first and falls last.
        if (!_keys.ContainsKey(key)) Volatile.Write(ref _count, _count + 1);
        _keys.TryAdd(key, 0);
    }

    /// <summary>Owner thread.</summary>
    public void Remove(in InfoHash key)
    {
        if (_keys.TryRemove(key, out _)) Volatile.Write(ref _count, _count - 1);
    }
}
