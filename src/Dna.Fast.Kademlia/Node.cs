using Dna.Fast.Kademlia.Asking;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>An OpenDHT node as a state machine: it is handed datagrams, addresses and the time, and writes datagrams. It opens no socket, reads no clock.</summary>
/// <remarks>
/// <code>
///   packet threads                                     owner thread (the one of worker 0)
///   datagram -> Receiver: gate, decode, answer         NodeOwner: inbox -> contacts, searches, listeners
///                 |  reads: table snapshot, store        |  writes: routing tables
///                 +--------- NodeInbox ----------------->+--> requests of our own
/// </code>
/// Operations may be started from any thread; they run on the owner thread, and so do all callbacks, which must return at once. src/README.md tells the
/// way of a datagram and of a put.
/// </remarks>
public sealed class Node : IDisposable
{
    /// <summary>Figures are made anew at most this often: people read them, packets must not pay for them.</summary>
    private const long PublishMsMin = 250;

    private readonly NodeOwner _owner;
    private readonly NodeInbox _inbox = new();
    private readonly List<Receiver> _receivers = [];
    private readonly List<CounterSet> _counters = [];
    private readonly RememberingVerifier _verifier;
    private readonly VerificationQueue _verification;
    private OwnerFigures _figures = new();
    private long _nowMs;
    private long _publishedMs = Contact.Never;

    public Node(NodeOptions options, NodeParts parts, in Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.Workers, 1);
        INodeRandom random = parts.Random();
        _verifier = new RememberingVerifier(parts.Verifier, random);
        _nowMs = now.Ms;
        Context = new NodeContext
        {
            Options = options,
            Store = parts.Store,
            Verifier = _verifier,
            Gate = new Gate(options.RateLimits, random.NextUInt64()) { Blocked = options.Blocked, Private = options.Private, IsPublicOnly = options.IsPublicOnly, Storing = options.Storing },
            Tokens = new TokenMint(random, now),
            Table4 = new RoutingTable(options.Id, IpFamily.V4),
            Table6 = new RoutingTable(options.Id, IpFamily.V6),
            Inbox = _inbox,
            Listened = new ListenedKeys(),
        };
        _verification = new VerificationQueue(_verifier, parts.VerificationThreads);
        for (int i = 0; i < parts.Workers; i++)
        {
            var counters = new CounterSet();
            _counters.Add(counters);
            _receivers.Add(new Receiver(Context, counters, _verification));
        }

        _owner = new NodeOwner(Context, _inbox, random, now);
        _counters.Add(_owner.Counters);
        parts.Store.Observe(new StoreEvents(Context, _receivers));
        var workers = new List<IDatagramHandler> { new OwnerWorker(this) };
        workers.AddRange(_receivers.Skip(1));
        Workers = workers;
    }

    public InfoHash Id => Context.Options.Id;

    /// <summary>One handler per packet thread.</summary>
    public IReadOnlyList<IDatagramHandler> Workers { get; }

    /// <summary>Tables, gate, tokens: for statistics and tests.</summary>
    public NodeContext Context { get; }

    /// <summary>For tests that hand an operation what nodes sent. Owner thread only.</summary>
    internal OwnerParts OwnerParts => _owner.Parts;

    /// <summary>From request to answer, of requests that needed one try. To the millisecond. Any thread reads.</summary>
    public LatencyHistogram RoundTrips => _owner.RoundTrips;

    /// <summary>When the owner's last turn began, in the time it was handed (<see cref="Instant.Ms"/>). Any thread.</summary>
    public long OwnerTurnedMs => Volatile.Read(ref _nowMs);

    /// <summary>A counter's sum over all threads. Any thread.</summary>
    public long Count(Counter counter)
    {
        long sum = counter switch
        {
            Counter.DropInboxFull => _inbox.Dropped,
            Counter.SignaturesVerified => _verifier.Misses,
            Counter.VerdictsRemembered => _verifier.Hits,
            _ => 0,
        };
        foreach (CounterSet set in _counters) sum += set[counter];
        return sum;
    }

    /// <summary>A snapshot, its figures at most a quarter of a second old. Any thread.</summary>
    public NodeStatus Status
    {
        get
        {
            OwnerFigures figures = Volatile.Read(ref _figures);
            return new NodeStatus
            {
                Id = Id,
                V4 = FamilyStatusOf(Context.Table4, figures.Bootstrapping4),
                V6 = FamilyStatusOf(Context.Table6, figures.Bootstrapping6),
                Searches = figures.Searches,
                PendingRequests = figures.PendingRequests,
                Listeners = figures.Listeners,
                Subscriptions = figures.Subscriptions,
                PermanentPuts = figures.PermanentPuts,
                Blacklisted = Context.Gate.BlacklistCount,
                ReportedAddress = figures.Reported,
            };
        }
    }

    /// <summary>True when no acknowledgement is owed any more.</summary>
    public bool IsDrained => _receivers.TrueForAll(r => r.PendingAcknowledgements == 0);

    /// <summary>Puts a value.</summary>
    /// <param name="key">Infohash.</param>
    /// <param name="packed">Canonical packed value with an id, at most <see cref="WireLimits.ValueBytesMax"/> bytes.</param>
    /// <param name="createdUnixMs">Creation time; ignored for permanent values.</param>
    /// <param name="permanent">True: announced again before it expires, until cancelled.</param>
    /// <param name="done">Called once: when the nearest 8 nodes were asked, when there is nobody to ask, or after a cancel.</param>
    /// <exception cref="ArgumentException">Not a packed value, id 0, or too large.</exception>
    public IOperation Put(in InfoHash key, ReadOnlyMemory<byte> packed, long createdUnixMs, bool permanent, Action<PutOutcome> done)
    {
        var operation = new PutOperation(_owner.Parts, key, packed, createdUnixMs, permanent, done);
        _inbox.Post(operation.Start);
        return operation;
    }

    /// <summary>Sees to it that the nearest 8 other nodes hold a value of ours, before we leave: those who have it are asked and sent nothing.</summary>
    /// <param name="key">Infohash.</param>
    /// <param name="packed">As <see cref="Put"/> takes it.</param>
    /// <param name="createdUnixMs">When the value was created: its life is not prolonged.</param>
    /// <param name="done">Called once; <see cref="PutOutcome.Acknowledged"/> counts those who hold it now.</param>
    /// <exception cref="ArgumentException">Not a packed value, id 0, or too large.</exception>
    public IOperation HandOver(in InfoHash key, ReadOnlyMemory<byte> packed, long createdUnixMs, Action<PutOutcome> done)
    {
        var operation = new PutOperation(_owner.Parts, key, packed, createdUnixMs, isPermanent: false, done) { IsHandOver = true };
        _inbox.Post(operation.Start);
        return operation;
    }

    /// <summary>Gets the values under a key, each once (section 4.7); forged ones are left out.</summary>
    /// <param name="key">Infohash.</param>
    /// <param name="where">A raw query map with filters, or empty.</param>
    /// <param name="found">Called for each value; false ends the get. Called once more for a value of our own store that a node has too, with the node; the answer to that is not looked at.</param>
    /// <param name="done">Called once.</param>
    public IOperation Get(in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done)
    {
        var operation = new GetOperation(_owner.Parts, key, where, found, done);
        _inbox.Post(operation.Start);
        return operation;
    }

    /// <summary>Listens until cancelled.</summary>
    /// <param name="key">Infohash.</param>
    /// <param name="where">A raw query map with filters, or empty.</param>
    /// <param name="told">Called for each change.</param>
    public IOperation Listen(in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told)
    {
        var operation = new ListenOperation(_owner.Parts, key, where, told);
        _inbox.Post(operation.Start);
        return operation;
    }

    /// <summary>Pings an address: true with the id of the node there, or false when three tries went unanswered.</summary>
    public void Ping(in NodeAddress address, Action<bool, InfoHash> done)
    {
        NodeAddress to = address;
        _inbox.Post(() => _owner.Ping(to, done));
    }

    /// <summary>Adds bootstrap addresses, for names that resolved late. Any thread.</summary>
    public void AddBootstrap(IReadOnlyList<NodeAddress> addresses) => _inbox.Post(() => _owner.Bootstrap.Add(addresses));

    /// <summary>Replaces the bootstrap addresses, those of the start included. Any thread.</summary>
    public void ReplaceBootstrap(IReadOnlyList<NodeAddress> addresses) => _inbox.Post(() => _owner.Bootstrap.Replace(addresses));

    /// <summary>Requests a second that are answered; may be changed while the node runs. Any thread.</summary>
    public RateLimits RateLimits
    {
        get => Context.Gate.Limits;
        set => Context.Gate.Limits = value;
    }

    /// <summary>Addresses this node has nothing to do with; may be changed while the node runs. Contacts among them are dropped as they do not answer any more. Any thread.</summary>
    public BlockedRanges Blocked
    {
        get => Context.Gate.Blocked;
        set => Context.Gate.Blocked = value;
    }

    /// <summary>Notes a node somebody told us of, and pings it: found on the local network, or known from an earlier run. Any thread.</summary>
    public void AddNode(in InfoHash id, in NodeAddress address)
    {
        (InfoHash node, NodeAddress at) = (id, address);
        _inbox.Post(() => _owner.Meet(node, at));
    }

    /// <summary>The network changed under us (section 6.9). Any thread.</summary>
    public void ConnectivityChanged() => _inbox.Post(_owner.ConnectivityChanged);

    /// <summary>Good contacts of both families, nearest to us first: what is kept over a restart. Any thread.</summary>
    public IReadOnlyList<(InfoHash Id, NodeAddress Address)> GoodNodes()
    {
        long nowMs = Volatile.Read(ref _nowMs);
        InfoHash self = Id;
        return new[] { Context.Table4, Context.Table6 }
            .SelectMany(t => t.Snapshot()).SelectMany(b => b.Contacts).Where(c => c.IsGood(nowMs))
            .OrderBy(c => c.Id ^ self).Select(c => (c.Id, c.Address)).ToList();
    }

    /// <summary>Stops accepting queries; what was accepted is finished. Any thread. <see cref="IsDrained"/> tells when.</summary>
    public void Drain()
    {
        foreach (Receiver receiver in _receivers) receiver.IsDraining = true;
    }

    /// <summary>Runs <paramref name="action"/> on the owner thread. Any thread.</summary>
    public void Post(Action action) => _inbox.Post(action);

    public void Dispose() => _verification.Dispose();

    private FamilyStatus FamilyStatusOf(RoutingTable table, bool isBootstrapping)
    {
        (int good, int dubious, int _, int incoming) = table.Count(Volatile.Read(ref _nowMs));
        Connectivity connectivity = good > 0 ? Connectivity.Connected
            : dubious > 0 || isBootstrapping ? Connectivity.Connecting
            : Connectivity.Disconnected;
        return new FamilyStatus(connectivity, good, dubious, incoming, table.Snapshot().Count);
    }

    private long TurnOwner(in Instant now, IDatagramSink sink)
    {
        Volatile.Write(ref _nowMs, now.Ms);
        long due = _owner.Run(now, sink);
        if (!_owner.HasChanged) return due;
        if (now.Ms - _publishedMs < PublishMsMin) return Math.Min(due, _publishedMs + PublishMsMin);
        _publishedMs = now.Ms;
        _owner.HasChanged = false;
        Volatile.Write(ref _figures, OwnerFigures.Of(_owner));
        return due;
    }

    /// <summary>Worker 0: its packets, then the owner's turn.</summary>
    private sealed class OwnerWorker(Node node) : IDatagramHandler
    {
        private readonly Receiver _receiver = node._receivers[0];

        public void Attach(Action wake)
        {
            _receiver.Attach(wake);
            node._inbox.Attach(wake);
        }

        public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink) => _receiver.Receive(now, from, datagram, sink);

        public long Turn(in Instant now, IDatagramSink sink)
        {
            long packets = _receiver.Turn(now, sink);
            return Math.Min(packets, node.TurnOwner(now, sink));
        }
    }
}
