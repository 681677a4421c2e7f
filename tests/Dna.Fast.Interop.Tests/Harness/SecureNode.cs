using System.Net;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A node of ours inside the test, over a real socket of the loopback, with an identity: what an application on top of the secure layer has.</summary>
internal sealed class SecureNode : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private readonly MemoryValueStore _store = new();
    private readonly WorkerGroup _workers;

    private SecureNode(RsaIdentity? identity, NodeAddress? bootstrap)
    {
        var id = new byte[InfoHash.Bytes];
        new SystemRandom().Fill(id);
        Node = new Node(
            new NodeOptions { Id = new InfoHash(id), Bootstrap = bootstrap is { } address ? [address] : [], ServesV4 = true, ServesV6 = false },
            new NodeParts(_store, new RsaVerifier(), () => new SystemRandom()),
            SystemClock.Instance.Now);
        OpenResult opened = WorkerGroup.Open(new NetOptions { Addresses = [NodeAddress.V4(0x7F000001, 0)] }, Node.Workers);
        _workers = opened.Group ?? throw new InvalidOperationException(opened.Message);
        _workers.Start();
        Dht = new SecureDht(new Dht(Node, TimeProvider.System), identity, Node.Context.Verifier, TimeProvider.System);
    }

    public Node Node { get; }

    public SecureDht Dht { get; }

    public IPEndPoint Address => new(IPAddress.Loopback, _workers.Bound[0].Port);

    /// <param name="bootstrap">Null for the first node of a network.</param>
    public static SecureNode Start(RsaIdentity? identity, IPEndPoint? bootstrap = null) =>
        new(identity, bootstrap is null ? null : NodeAddress.From(bootstrap));

    public void Dispose()
    {
        _workers.Stop(StopTimeout);
        Node.Dispose();
        _store.Dispose();
    }
}
