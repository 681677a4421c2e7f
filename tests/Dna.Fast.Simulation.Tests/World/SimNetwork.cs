using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>One end of the simulated network: a node or a scripted peer.</summary>
internal interface ISimEnd
{
    NodeAddress Address { get; }

    void Deliver(in NodeAddress from, byte[] datagram);
}

/// <summary>
/// Many nodes in one thread and in virtual time. Everything that happens is an event in one queue, ordered by time and then by the order in which it was
/// made; latency, loss, duplication and all randomness of the nodes come from one seed. So a seed is a history, and the same seed is the same history.
/// </summary>
internal sealed class SimNetwork : IDisposable
{
    /// <summary>Origin of the monotonic clock: not 0, so that an uninitialised time shows.</summary>
    private const long StartMs = 1_000_000;

    /// <summary>A day in 2023: creation times on the wire are whole seconds, so it is a whole second.</summary>
    private const long StartUnixMs = 1_700_000_000_000;

    /// <summary>More events than this within one virtual millisecond is a livelock: 300 nodes answer at most a few thousand datagrams in one.</summary>
    private const int EventsPerMsMax = 200_000;

    /// <summary>Routing tables are checked after this many events: often enough to be near the cause, seldom enough to be cheap.</summary>
    private const int EventsPerCheck = 5_000;

    private readonly PriorityQueue<Action, (long Ms, long Order)> _events = new();
    private readonly Dictionary<NodeAddress, ISimEnd> _ends = [];
    private readonly List<SimNode> _nodes = [];
    private readonly SimRandom _weather;
    private readonly SimRandom _seeds;
    private long _order;
    private int _eventsInMs;
    private long _eventsTotal;
    private Func<NodeAddress, int>? _side;

    public SimNetwork(ulong seed, SimOptions options)
    {
        Seed = seed;
        Options = options;
        _weather = new SimRandom(seed);
        _seeds = new SimRandom(~seed);
        Dice = new SimRandom(seed ^ 0xD1CE);
    }

    public ulong Seed { get; }

    /// <summary>The weather; a scenario may change it under way.</summary>
    public SimOptions Options { get; set; }

    /// <summary>Randomness for scenarios.</summary>
    public SimRandom Dice { get; }

    public IReadOnlyList<SimNode> Nodes => _nodes;

    public long ElapsedMs { get; private set; }

    public Instant Now => new(StartMs + ElapsedMs, StartUnixMs + ElapsedMs);

    public long Datagrams { get; private set; }

    /// <summary>FNV-1a over every datagram sent: time, ends and bytes.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037;

    /// <summary>Called with every datagram as it is sent: for scenarios that watch the wire.</summary>
    public Action<NodeAddress, NodeAddress, ReadOnlyMemory<byte>>? Watch { get; set; }

    /// <summary>A new node; its bootstrap is <paramref name="bootstrap"/>, or node 0.</summary>
    public SimNode AddNode(NodeAddress[]? bootstrap = null, InfoHash? id = null, bool isClient = false)
    {
        SimNode node = new(this, NextAddress());
        _nodes.Add(node);
        _ends.Add(node.Address, node);
        node.Start(id ?? NewId(), bootstrap ?? (_nodes.Count == 1 ? [] : [_nodes[0].Address]), isClient);
        return node;
    }

    /// <summary>A peer that does what a test says.</summary>
    public SimPeer AddPeer()
    {
        SimPeer peer = new(this, NextAddress(), NewId());
        _ends.Add(peer.Address, peer);
        return peer;
    }

    /// <summary>A network of <paramref name="count"/> nodes that start within a few seconds, and the time they need to know each other.</summary>
    public void Grow(int count, long settleMs = 120_000)
    {
        for (int index = 0; index < count; index++)
        {
            AddNode();
            Run(20);
        }

        Run(settleMs);
    }

    public InfoHash NewId()
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        _seeds.Fill(bytes);
        return new InfoHash(bytes);
    }

    public INodeRandom NewRandom() => new SimRandom(_seeds.NextUInt64());

    /// <summary>Splits the network: datagrams between different sides are lost. Null heals it.</summary>
    public void Partition(Func<NodeAddress, int>? side) => _side = side;

    /// <summary>Lets <paramref name="ms"/> of virtual time pass.</summary>
    public void Run(long ms)
    {
        long end = ElapsedMs + ms;
        while (_events.TryPeek(out _, out (long Ms, long Order) next) && next.Ms <= end) Step();
        ElapsedMs = end;
    }

    /// <summary>Lets time pass until <paramref name="done"/>.</summary>
    /// <exception cref="SimFailureException">It did not become true within <paramref name="msMax"/>.</exception>
    public void RunUntil(Func<bool> done, long msMax, string what)
    {
        long end = ElapsedMs + msMax;
        while (!done())
        {
            if (!_events.TryPeek(out _, out (long Ms, long Order) next) || next.Ms > end) throw new SimFailureException($"{what}: not within {msMax} ms.");
            Step();
        }
    }

    /// <summary>Runs <paramref name="action"/> after <paramref name="ms"/>.</summary>
    public void After(long ms, Action action) => _events.Enqueue(action, (ElapsedMs + Math.Max(ms, 0), _order++));

    /// <summary>A datagram leaves: the weather decides whether, when and how often it arrives.</summary>
    public void Transmit(NodeAddress from, NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        byte[] copy = datagram.ToArray();
        Datagrams++;
        Trace(from, to, copy);
        Watch?.Invoke(from, to, copy);
        if (_side is not null && _side(from) != _side(to)) return;
        if (_weather.Chance(Options.Loss)) return;
        int copies = _weather.Chance(Options.Duplication) ? 2 : 1;
        for (int index = 0; index < copies; index++)
        {
            int latency = Options.LatencyMsMin + _weather.Below(Options.LatencyMsMax - Options.LatencyMsMin + 1);
            if (_weather.Chance(Options.Straggling)) latency *= 10;
            After(latency, () => _ends.GetValueOrDefault(to)?.Deliver(from, copy));
        }
    }

    /// <summary>Throws when a routing table breaks an invariant.</summary>
    public void CheckInvariants()
    {
        foreach (SimNode node in _nodes) node.CheckInvariants();
    }

    public void Dispose()
    {
        foreach (SimNode node in _nodes) node.Dispose();
    }

    private void Step()
    {
        Action happening = _events.TryDequeue(out Action? found, out (long Ms, long Order) at) ? found : throw new InvalidOperationException();
        _eventsInMs = at.Ms == ElapsedMs ? _eventsInMs + 1 : 0;
        if (_eventsInMs > EventsPerMsMax) throw new SimFailureException($"Livelock: {_eventsInMs} events in one millisecond.");
        ElapsedMs = at.Ms;
        happening();
        if (++_eventsTotal % EventsPerCheck == 0) CheckInvariants();
    }

    private NodeAddress NextAddress() => NodeAddress.V4(0x0A00_0001 + (uint)_ends.Count, 4000);

    private void Trace(in NodeAddress from, in NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        Mix((ulong)ElapsedMs);
        Mix(from.Low);
        Mix(to.Low);
        foreach (byte octet in datagram) Mix(octet);
    }

    private void Mix(ulong value) => TraceHash = (TraceHash ^ value) * 1099511628211;
}
