using System.Security.Cryptography;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Network;

/// <summary>A node of ours over a real socket of the loopback, with an owner key: what the services stand on in production.</summary>
internal sealed class LoopbackNode : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly MemoryValueStore _store = new();
    private readonly WorkerGroup _workers;
    private readonly Node _node;

    /// <param name="identity">Not disposed with the node.</param>
    /// <param name="bootstrap">Null for the first node of a network.</param>
    public LoopbackNode(RsaIdentity identity, LoopbackNode? bootstrap = null)
    {
        _node = new Node(
            new NodeOptions { Id = new InfoHash(RandomNumberGenerator.GetBytes(InfoHash.Bytes)), Bootstrap = bootstrap is null ? [] : [bootstrap.Address], ServesV4 = true, ServesV6 = false },
            new NodeParts(_store, new RsaVerifier(), () => new SystemRandom()),
            SystemClock.Instance.Now);
        OpenResult opened = WorkerGroup.Open(new NetOptions { Addresses = [NodeAddress.V4(0x7F000001, 0)] }, _node.Workers);
        _workers = opened.Group ?? throw new InvalidOperationException(opened.Message);
        _workers.Start();
        Dht = new SecureDht(new Dht(_node, TimeProvider.System), identity, _node.Context.Verifier, TimeProvider.System);
    }

    public SecureDht Dht { get; }

    public NodeAddress Address => NodeAddress.V4(0x7F000001, _workers.Bound[0].Port);

    public void Dispose()
    {
        _workers.Stop(StopTimeout);
        _node.Dispose();
        _store.Dispose();
    }
}

/// <summary>The owner keys of three nodes, made once for all tests.</summary>
public sealed class OwnerKeys : IAsyncLifetime
{
    // One has the original's size, as what fits into a value depends on it; the others are small, as making one takes a while.
    private readonly Task<RsaIdentity[]> _made = Task.WhenAll(
        new[] { 2048, 4096, 2048 }.Select(bits => RsaIdentity.GenerateAsync(bits, CertificateForm.SelfSigned, TimeProvider.System)));

    public RsaIdentity[] Identities { get; private set; } = [];

    public async ValueTask InitializeAsync() => Identities = await _made;

    public ValueTask DisposeAsync()
    {
        foreach (RsaIdentity identity in Identities) identity.Dispose();
        return ValueTask.CompletedTask;
    }
}
