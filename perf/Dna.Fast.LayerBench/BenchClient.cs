using Dna.Fast.Identity;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Messenger;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.LayerBench;

/// <summary>One client: a node of its own on the loopback, as the original's clients are, and the services on top of it, without caches.</summary>
internal sealed class BenchClient : IDisposable
{
    private readonly LoopbackNode _node;
    private readonly RecordNetwork _network;
    private readonly ProfileService _profiles;
    private readonly ChunkStore _chunks;

    public BenchClient(RsaIdentity owner, LoopbackNode? bootstrap, SuiteSet suites, CryptoClock clock)
    {
        _node = new LoopbackNode(owner, bootstrap, new TimedVerifier(new RsaVerifier(), clock));
        // Nodes let one address ask 1,024 times a second, and here all have one address: in the world each peer has its own.
        _node.Node.RateLimits = RateLimits.Off;
        _network = new RecordNetwork(_node.Dht, suites, TimeProvider.System);
        _profiles = new ProfileService(_network);
        _chunks = new ChunkStore(_network);
        Keyserver = new KeyserverService(_network, new NameService(_network, _profiles));
        Queue = new OfflineQueue(_network, _chunks);
        Inbox = new Inbox(_network, _chunks, new MemoryDeliveryLog());
    }

    public LoopbackNode Node => _node;

    public KeyserverService Keyserver { get; }

    public OfflineQueue Queue { get; }

    public Inbox Inbox { get; }

    public void Dispose()
    {
        Queue.Dispose();
        _chunks.Dispose();
        _profiles.Dispose();
        _network.Dispose();
        _node.Dispose();
    }
}
