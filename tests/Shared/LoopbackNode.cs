using System.Security.Cryptography;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Shared;

/// <summary>A node of ours inside the test, over a real socket of the loopback, with an owner key: what an application on top of the secure layer has.</summary>
internal sealed class LoopbackNode : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly MemoryValueStore _store = new();
    private readonly WorkerGroup _workers;

    /// <param name="identity">Not disposed with the node.</param>
    /// <param name="bootstrap">Null for the first node of a network.</param>
    /// <param name="verifier">Null for the node's own.</param>
    public LoopbackNode(RsaIdentity? identity, LoopbackNode? bootstrap = null, IValueVerifier? verifier = null)
    {
        Node = new Node(
            new NodeOptions { Id = new InfoHash(RandomNumberGenerator.GetBytes(InfoHash.Bytes)), Bootstrap = bootstrap is null ? [] : [bootstrap.Address], ServesV4 = true, ServesV6 = false },
            new NodeParts(_store, verifier ?? new RsaVerifier(), () => new SystemRandom()),
            SystemClock.Instance.Now);
        OpenResult opened = WorkerGroup.Open(new NetOptions { Addresses = [NodeAddress.V4(0x7F000001, 0)] }, Node.Workers);
        _workers = opened.Group ?? throw new InvalidOperationException(opened.Message);
        _workers.Start();
        Dht = new SecureDht(new Dht(Node, TimeProvider.System), identity, Node.Context.Verifier, TimeProvider.System);
    }

    public Node Node { get; }

    public SecureDht Dht { get; }

    public NodeAddress Address => NodeAddress.V4(0x7F000001, _workers.Bound[0].Port);

    public void Dispose()
    {
        _workers.Stop(StopTimeout);
        Node.Dispose();
        _store.Dispose();
    }
}
