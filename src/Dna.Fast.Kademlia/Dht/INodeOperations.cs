using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>The operations of <see cref="Node"/> that <see cref="Dht"/> needs, so that its tests can decide what a node answers.</summary>
internal interface INodeOperations
{
    IOperation Put(in InfoHash key, ReadOnlyMemory<byte> packed, bool permanent, Action<PutOutcome> done);

    IOperation Get(in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done);

    IOperation Listen(in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told);

    void Ping(in NodeAddress address, Action<bool, InfoHash> done);
}

/// <summary>A real node's operations. A put's creation time is now.</summary>
internal sealed class NodeOperations(Node node, TimeProvider time) : INodeOperations
{
    public IOperation Put(in InfoHash key, ReadOnlyMemory<byte> packed, bool permanent, Action<PutOutcome> done) =>
        node.Put(key, packed, time.GetUtcNow().ToUnixTimeMilliseconds(), permanent, done);

    public IOperation Get(in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done) =>
        node.Get(key, where, found, done);

    public IOperation Listen(in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told) => node.Listen(key, where, told);

    public void Ping(in NodeAddress address, Action<bool, InfoHash> done) => node.Ping(address, done);
}
