using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>A production node in the simulated network: one worker, no threads, a store in memory.</summary>
internal sealed class SimNode(SimNetwork network, NodeAddress address) : ISimEnd, IDatagramSink, IDisposable
{
    /// <summary>More turns than this within one virtual second, with nothing received or sent, is a livelock.</summary>
    private const int IdleTurnsPerSecondMax = 500;

    private readonly byte[] _rented = new byte[WireLimits.DatagramBytesMax];
    private Node? _node;
    private IDatagramHandler? _handler;
    private MemoryValueStore _store = new();
    private NodeAddress[] _bootstrap = [];
    private long _life;
    private long _turnAtMs = long.MaxValue;
    private long _idleSecond;
    private int _idleTurns;

    public NodeAddress Address { get; } = address;

    public InfoHash Id { get; private set; }

    /// <summary>The node. Only while it runs.</summary>
    public Node Node => _node ?? throw new InvalidOperationException($"{Address} does not run.");

    public bool IsRunning => _node is not null;

    public IValueStore Store => _store;

    /// <summary>Starts the node. Its store is the one it had, unless <paramref name="forgets"/>.</summary>
    public void Start(InfoHash id, NodeAddress[]? bootstrap = null, bool isClient = false, bool forgets = false)
    {
        Id = id;
        if (bootstrap is not null) _bootstrap = bootstrap;
        if (forgets) _store = new MemoryValueStore();
        NodeOptions options = new()
        {
            Id = id,
            Bootstrap = _bootstrap,
            IsClient = isClient,
            ServesV6 = false,
            RateLimits = RateLimits.Off,
        };
        _node = new Node(options, new NodeParts(_store, SimVerifier.Instance, network.NewRandom, Workers: 1, VerificationThreads: 0), network.Now);
        _handler = _node.Workers[0];
        _turnAtMs = long.MaxValue;
        long life = ++_life;
        _handler.Attach(() =>
        {
            if (life == _life) TurnIn(0);
        });
        TurnIn(0);
    }

    /// <summary>The process dies: nothing more is sent or received until <see cref="Start"/>.</summary>
    public void Stop()
    {
        _life++;
        _node?.Dispose();
        _node = null;
        _handler = null;
    }

    public void Deliver(in NodeAddress from, byte[] datagram)
    {
        if (_handler is null) return;
        _idleTurns = 0;
        _handler.Receive(network.Now, new Route(from, default), datagram, this);
        TurnIn(0);
    }

    public Span<byte> Rent(int bytesMax) => _rented.AsSpan(0, bytesMax);

    public void Send(in Route route, int bytes)
    {
        if (bytes == 0) return;
        _idleTurns = 0;
        network.Transmit(Address, route.Remote, _rented.AsSpan(0, bytes));
    }

    /// <summary>Value ids stored under a key now.</summary>
    public IReadOnlyList<ulong> Stored(InfoHash key)
    {
        Collector collector = new();
        _store.Read(key, network.Now.UnixMs, collector);
        return collector.Ids;
    }

    public void CheckInvariants() => _node?.Context.Table4.CheckInvariant();

    public void Dispose()
    {
        Stop();
        _store.Dispose();
    }

    public override string ToString() => $"{Id} {Address}";

    private void TurnIn(long ms)
    {
        long at = network.ElapsedMs + ms;
        if (at >= _turnAtMs) return;
        _turnAtMs = at;
        long life = _life;
        network.After(ms, () =>
        {
            // A turn that was brought forward leaves its old event behind; only the one that is due counts.
            if (life == _life && _turnAtMs == at) Turn();
        });
    }

    private void Turn()
    {
        _turnAtMs = long.MaxValue;
        CheckIdle();
        Instant now = network.Now;
        long next = _handler!.Turn(now, this);
        TurnIn(Math.Clamp(next - now.Ms, 1, 3_600_000));
    }

    private void CheckIdle()
    {
        long second = network.ElapsedMs / 1000;
        _idleTurns = second == _idleSecond ? _idleTurns + 1 : 0;
        _idleSecond = second;
        if (_idleTurns > IdleTurnsPerSecondMax) throw new SimFailureException($"Livelock: {Address} turns and turns and nothing happens.");
    }

    private sealed class Collector : IValueVisitor
    {
        public List<ulong> Ids { get; } = [];

        public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            Ids.Add(slot.ValueId);
            return true;
        }
    }
}
