using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What a node is built from.</summary>
/// <param name="Store">Where values live. The node does not dispose it.</param>
/// <param name="Verifier">Checks signatures.</param>
/// <param name="Random">Makes one source of randomness per call; each serves one thread.</param>
/// <param name="Workers">Packet threads, at least 1. Worker 0 also owns the node.</param>
/// <param name="VerificationThreads">Threads for signatures; 0 checks inline (tests and the simulator).</param>
public sealed record NodeParts(IValueStore Store, IValueVerifier Verifier, Func<INodeRandom> Random, int Workers = 1, int VerificationThreads = 1);

/// <summary>How a put ended.</summary>
/// <param name="Acknowledged">Nodes that said they took it.</param>
/// <param name="Asked">Nodes it was sent to.</param>
/// <param name="Reachable">False when no node answered at all: the network is unreachable.</param>
/// <param name="WasRefused">True when it was not sent because it would put an ownerless value over a signed one, which crashes stock nodes.</param>
public readonly record struct PutOutcome(int Acknowledged, int Asked, bool Reachable, bool WasRefused = false);

/// <summary>How a get ended.</summary>
/// <param name="Answered">Nodes that answered.</param>
/// <param name="Reachable">False when none did: absent and unreachable are different answers.</param>
public readonly record struct GetOutcome(int Answered, bool Reachable);

/// <summary>A value as a get or a listen hands it over.</summary>
/// <param name="Packed">Packed value; owned by the receiver.</param>
/// <param name="From">The node that sent it; <c>default</c> for our own store.</param>
public readonly record struct FoundValue(ReadOnlyMemory<byte> Packed, NodeAddress From);

/// <summary>What a listener is told: <see cref="ValueChange.Gone"/> carries the id alone.</summary>
public readonly record struct ListenEvent(ValueChange Change, ulong ValueId, ReadOnlyMemory<byte> Packed);

/// <summary>The state of one family (section 6.9).</summary>
public enum Connectivity : byte
{
    Disconnected,
    Connecting,
    Connected,
}

/// <param name="Good">Good contacts.</param>
/// <param name="Dubious">Neither good nor expired.</param>
/// <param name="Incoming">Heard from after their last reply.</param>
public readonly record struct FamilyStatus(Connectivity Connectivity, int Good, int Dubious, int Incoming, int Buckets);

/// <summary>A node's state for people and scripts. A snapshot, at most one turn old.</summary>
public sealed record NodeStatus
{
    public required InfoHash Id { get; init; }

    public required FamilyStatus V4 { get; init; }

    public required FamilyStatus V6 { get; init; }

    /// <summary>Searches known, and requests without an answer yet.</summary>
    public required int Searches { get; init; }

    public required int PendingRequests { get; init; }

    /// <summary>Listeners we serve, and subscriptions of our own.</summary>
    public required int Listeners { get; init; }

    public required int Subscriptions { get; init; }

    public required int PermanentPuts { get; init; }

    public required int Blacklisted { get; init; }

    /// <summary>Our address as others report it most often, without port meaning; or <c>default</c>.</summary>
    public required NodeAddress ReportedAddress { get; init; }
}

/// <summary>A running operation of ours. Any thread may cancel it; cancelling twice does nothing.</summary>
public interface IOperation
{
    void Cancel();
}

/// <summary>An OpenDHT node as a state machine: it is handed datagrams, addresses and the time, and writes datagrams. It opens no socket, reads no clock.</summary>
/// <remarks>
/// Operations may be started from any thread; they run on the owner thread (the one that drives <see cref="Workers"/>[0]), and so do all callbacks,
/// which must return at once. See src/README.md for the way of a datagram.
/// </remarks>
public sealed class Node : IDisposable
{
    public Node(NodeOptions options, NodeParts parts, in Instant now) => throw new NotImplementedException();

    public InfoHash Id => throw new NotImplementedException();

    /// <summary>One handler per packet thread.</summary>
    public IReadOnlyList<IDatagramHandler> Workers => throw new NotImplementedException();

    /// <summary>Tables, gate, tokens: for statistics and tests.</summary>
    public NodeContext Context => throw new NotImplementedException();

    /// <summary>A counter's sum over all threads. Any thread.</summary>
    public long Count(Counter counter) => throw new NotImplementedException();

    /// <summary>A snapshot of at most one turn's age. Any thread.</summary>
    public NodeStatus Status => throw new NotImplementedException();

    /// <summary>Puts a value. The canonical packed value is at most <see cref="WireLimits.ValueBytesMax"/> bytes (checked by the caller, who tells the user).</summary>
    /// <param name="createdUnixMs">Creation time; ignored for permanent values.</param>
    /// <param name="permanent">True: announced again before it expires, until cancelled; <paramref name="done"/> is called after the first round.</param>
    /// <exception cref="ArgumentException">Not a packed value, id 0, or too large.</exception>
    public IOperation Put(in InfoHash key, ReadOnlyMemory<byte> packed, long createdUnixMs, bool permanent, Action<PutOutcome> done) => throw new NotImplementedException();

    /// <summary>Gets the values under a key. Values are not repeated (section 4.7).</summary>
    /// <param name="where">A raw query map with filters, or empty.</param>
    /// <param name="found">Called for each value; false ends the get.</param>
    public IOperation Get(in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done) => throw new NotImplementedException();

    /// <summary>Listens until cancelled.</summary>
    public IOperation Listen(in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told) => throw new NotImplementedException();

    /// <summary>Pings an address: true with the id of the node there, or false when three tries went unanswered.</summary>
    public void Ping(in NodeAddress address, Action<bool, InfoHash> done) => throw new NotImplementedException();

    /// <summary>Adds bootstrap addresses, for names that resolved late. Any thread.</summary>
    public void AddBootstrap(IReadOnlyList<NodeAddress> addresses) => throw new NotImplementedException();

    /// <summary>The network changed under us (section 6.9). Any thread.</summary>
    public void ConnectivityChanged() => throw new NotImplementedException();

    /// <summary>Good contacts of both families, nearest to us first: what is kept over a restart. Any thread.</summary>
    public IReadOnlyList<(InfoHash Id, NodeAddress Address)> GoodNodes() => throw new NotImplementedException();

    /// <summary>Stops accepting queries; what was accepted is finished. Any thread. <see cref="IsDrained"/> tells when.</summary>
    public void Drain() => throw new NotImplementedException();

    /// <summary>True when no acknowledgement is owed any more.</summary>
    public bool IsDrained => throw new NotImplementedException();

    /// <summary>Runs <paramref name="action"/> on the owner thread. Any thread.</summary>
    public void Post(Action action) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
