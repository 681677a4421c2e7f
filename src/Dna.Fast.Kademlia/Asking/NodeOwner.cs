using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>The thread that owns the node: takes the inbox, runs the timers, keeps contacts, searches and listeners. Owner thread only.</summary>
internal sealed class NodeOwner
{
    /// <summary>Inbox entries taken in one turn, so that a flood cannot keep the timers waiting.</summary>
    private const int EntriesPerTurn = 4096;

    /// <summary>Newcomers being pinged at once: who speaks to us is confirmed at once, but not at a rate a stranger sets.</summary>
    private const int NewcomerPingsMax = 32;

    /// <summary>Lost nodes asked in one bootstrap round.</summary>
    private const int LostMax = 8;

    private readonly NodeContext _context;
    private readonly NodeInbox _inbox;
    private readonly RequestEngine _engine;
    private readonly QuerySender _queries;
    private readonly Replies _replies;
    private readonly List<Maintenance> _maintenance = [];
    private int _newcomerPings;
    private bool _isStarted;

    public NodeOwner(NodeContext context, NodeInbox inbox, INodeRandom random, in Instant now)
    {
        _context = context;
        _inbox = inbox;
        Turn.SetTime(now);
        _engine = new RequestEngine(Turn, Timers, Counters, random, context.Expected) { ContactExpired = PlaceBecameFree };
        _queries = new QuerySender(_engine, context.Self);
        _replies = new Replies(context, Counters);
        var families = new List<FamilyParts>();
        if (context.Options.ServesV4) families.Add(MakeFamily(IpFamily.V4));
        if (context.Options.ServesV6) families.Add(MakeFamily(IpFamily.V6));
        Parts = new OwnerParts
        {
            Context = context,
            Turn = Turn,
            Timers = Timers,
            Counters = Counters,
            Queries = _queries,
            Families = families,
            Sockets = new SubscriptionSockets(context.Expected),
        };
        var pusher = new UpdatePusher(context, Turn, _queries, Counters, ContactOf);
        Listeners = new ListenerTable(context, Counters, pusher) { LocalChanged = ChangedHere };
        Parts.Listeners = Listeners;
        pusher.Unanswered = (id, address) => Listeners.DropNode(id, address);
        Bootstrap = new Bootstrap(Turn, Timers, _queries) { IsConnected = IsConnected, Lost = LostAddresses, Ended = StepSearches };
        foreach (FamilyParts family in families)
        {
            family.Searches.MayFindNodes = () => Bootstrap.IsUnderWay(family.Family);
            _maintenance.Add(new Maintenance(family, families.FirstOrDefault(f => f != family), Parts, random));
        }
    }

    public TurnState Turn { get; } = new();

    public TimerQueue Timers { get; } = new();

    public CounterSet Counters { get; } = new();

    public OwnerParts Parts { get; }

    public ListenerTable Listeners { get; }

    public Bootstrap Bootstrap { get; }

    public ReportedAddresses Reported { get; } = new();

    /// <summary>Something happened since the reader of the figures set this to false.</summary>
    public bool HasChanged { get; set; } = true;

    public int PendingRequests => _engine.Count;

    public LatencyHistogram RoundTrips => _engine.RoundTrips;

    /// <summary>One turn of the owner.</summary>
    /// <returns>When the next one is due at the latest.</returns>
    public long Run(in Instant now, IDatagramSink sink)
    {
        Turn.Begin(now, sink);
        if (!_isStarted) Start();
        for (int i = 0; i < EntriesPerTurn && _inbox.TryTakeAction(out Action action); i++)
        {
            action();
            HasChanged = true;
        }

        for (int i = 0; i < EntriesPerTurn && _inbox.TryTake(out NodeEvent entry); i++)
        {
            Handle(entry);
            HasChanged = true;
        }

        HasChanged |= Timers.RunDue(now.Ms);
        _context.Tokens.Turn(now);
        long due = Math.Min(Listeners.Turn(now), Timers.NextDueMs);
        return _inbox.IsEmpty ? due : now.Ms;
    }

    /// <summary>The network changed under us (section 6.9).</summary>
    public void ConnectivityChanged()
    {
        foreach (FamilyParts family in Parts.Families)
        {
            family.Contacts.ForgetAll();
            family.Table.Forget();
        }

        Reported.Clear();
        Bootstrap.Restart();
        foreach (FamilyParts family in Parts.Families) family.Searches.Refill();
    }

    /// <summary>Pings an address for our own side.</summary>
    public void Ping(NodeAddress address, Action<bool, InfoHash> done) => _queries.PingAddress(address, new RequestEvents
    {
        Replied = (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> _) => done(true, message.Id),
        Refused = _ => done(false, default),
        Expired = () => done(false, default),
    });

    /// <summary>Notes a node and pings it.</summary>
    public void Meet(InfoHash id, NodeAddress address)
    {
        if (_context.Gate.CheckSource(address, Turn.Ms) != GateVerdict.Pass || FamilyOf(address) is not { } family) return;
        HurryWhenLonely(family);
        if (family.Contacts.Note(id, address, Confirmation.Listed) is { PendingRequests: 0 } contact) _queries.Ping(contact, Quiet());
    }

    // Whoever waits for a place in the bucket need not wait for the purge: its answer takes the place.
    private void PlaceBecameFree(Contact expired)
    {
        if (FamilyOf(expired.Address) is not { } family || family.Table.Find(expired.Id) is null) return;
        if (family.Table.BucketOf(expired.Id).Cached is { IsExpired: false, PendingRequests: 0 } candidate) _queries.Ping(candidate, Quiet());
    }

    private FamilyParts MakeFamily(IpFamily family)
    {
        var contacts = new ContactBook(_context.Options.Id, _context.Table(family), Turn);
        var searches = new SearchBook(family, Turn, Timers, _queries, contacts);
        contacts.Seen = searches.Offer;
        contacts.Doubted = doubtful =>
        {
            if (doubtful.PendingRequests == 0) _queries.Ping(doubtful, Quiet());
        };
        return new FamilyParts(family, contacts, searches);
    }

    private void Start()
    {
        _isStarted = true;
        foreach ((InfoHash id, NodeAddress address) in _context.Options.KnownNodes)
        {
            if (_context.Gate.CheckSource(address, Turn.Ms) != GateVerdict.Pass || FamilyOf(address) is not { } family) continue;
            family.Contacts.Note(id, address, Confirmation.Listed);
        }

        foreach (FamilyParts family in Parts.Families)
        {
            // Known nodes are asked at once: they are the fastest way back into the network.
            if (family.Contacts.Count > 0) family.Searches.Get(_context.Options.Id).Add(new LookupTask());
        }

        Bootstrap.Add(_context.Options.Bootstrap);
        Bootstrap.Restart();
    }

    private void Handle(in NodeEvent entry)
    {
        switch (entry.Kind)
        {
            case NodeEventKind.Heard:
                Heard(entry.Id, entry.From.Remote);
                break;
            case NodeEventKind.Answer:
            case NodeEventKind.Update:
                if (MessageReader.Read(entry.Bytes, out Message message) == DecodeStatus.Ok) Take(entry.From, message, null);
                break;
            case NodeEventKind.Assembled:
                ReassembledMessage whole = entry.Message!;
                if (MessageReader.Read(whole.Header.Span, out Message header) == DecodeStatus.Ok) Take(entry.From, header, whole.Values);
                break;
            case NodeEventKind.Listen:
                // The pushes first: to the listener the reply says that it has them all.
                Listeners.Listen(entry.From, entry.Id, entry.Key, entry.SocketId, entry.ListenVersion, entry.Bytes, Turn.Now);
                _replies.Listening(entry.Transaction, new Arrival(Turn.Now, entry.From, Turn.Sink));
                break;
            case NodeEventKind.Changed:
                Listeners.Changed(entry.Key, entry.ValueId, entry.Change);
                break;
        }
    }

    private void Heard(in InfoHash id, in NodeAddress address)
    {
        if (FamilyOf(address) is not { } family) return;
        if (family.Contacts.Find(id) is { } known && known.Address != address && known.IsGood(Turn.Ms))
        {
            // Anybody can claim an id: a good contact moves when its new address answers for it.
            PingNewcomer(address);
            return;
        }

        HurryWhenLonely(family);
        Contact? contact = family.Contacts.Note(id, address, Confirmation.Incoming);
        // We hand out only who answered us: ask newcomers at once, so that a network forms in seconds.
        if (contact is null || contact.PendingRequests > 0 || contact.IsGood(Turn.Ms) || family.Table.Find(id) is null) return;
        PingNewcomer(address);
    }

    private void PingNewcomer(NodeAddress address)
    {
        if (_newcomerPings >= NewcomerPingsMax) return;
        _newcomerPings++;
        _queries.PingAddress(address, new RequestEvents
        {
            Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => _newcomerPings--,
            Refused = _ => _newcomerPings--,
            Expired = () => _newcomerPings--,
        });
    }

    private void HurryWhenLonely(FamilyParts family)
    {
        if (family.Contacts.Count > 0) return;
        foreach (Maintenance maintenance in _maintenance) maintenance.Hurry();
    }

    private void Take(in Route from, in Message message, IReadOnlyList<ReadOnlyMemory<byte>>? values)
    {
        if (message.Kind == MessageKind.Update) TakeUpdate(from, message, values);
        else if (message.Kind is MessageKind.Reply or MessageKind.Error) TakeAnswer(from, message, values);
    }

    private void TakeAnswer(in Route from, in Message message, IReadOnlyList<ReadOnlyMemory<byte>>? values)
    {
        if (FamilyOf(from.Remote) is not { } family || _engine.Match(from, message) is not { } request) return;
        HurryWhenLonely(family);
        if (message.IsClient) request.Contact?.NoteReplied(Turn.Ms);
        else family.Contacts.Note(message.Id, from.Remote, Confirmation.Replied);
        Reported.Note(message.ReportedAddress);
        if (request.WantsToken && message.Kind == MessageKind.Reply && message.Token.IsEmpty)
        {
            // Stock ignores such a node for ever; we do so for a while.
            Counters.Add(Counter.PeersBlacklisted);
            _context.Gate.Blacklist(from.Remote, Turn.Ms);
            if (request.Contact is { } broken) _engine.ExpireContact(broken);
            request.Events.Expired?.Invoke();
            return;
        }

        TakeNodes(message.Nodes4, IpFamily.V4, from.Remote);
        TakeNodes(message.Nodes6, IpFamily.V6, from.Remote);
        RequestEngine.Complete(request, message, values);
    }

    private void TakeNodes(ReadOnlySpan<byte> list, IpFamily listed, NodeAddress from)
    {
        FamilyParts? family = Parts.Families.FirstOrDefault(f => f.Family == listed);
        if (family is null) return;
        var nodes = new NodeListEnumerator(list, listed);
        for (int i = 0; i < 2 * WireLimits.NodesMax && nodes.MoveNext(); i++)
        {
            NodeAddress address = nodes.Address;
            // A loopback address means the replier's own machine (section 2.1).
            if (address.IsLoopback && from.Family == listed) address = from.WithPort(address.Port);
            // An IPv4 address in IPv6 clothes belongs to no IPv6 table.
            if (address.Family != listed || _context.Gate.CheckSource(address, Turn.Ms) != GateVerdict.Pass) continue;
            if (!_context.Gate.MayFollow(address, from))
            {
                Counters.Add(Counter.NamedNotPublic);
                continue;
            }

            family.Contacts.Note(nodes.Id, address, Confirmation.Listed);
        }
    }

    private void TakeUpdate(in Route from, in Message message, IReadOnlyList<ReadOnlyMemory<byte>>? values)
    {
        if (Parts.Sockets.Find(message.SocketId) is not { } socket || socket.Node.Contact.Address != from.Remote) return;
        socket.Task.Pushed(socket, message, values ?? RequestEngine.InlineValues(message));
    }

    private void ChangedHere(InfoHash key, ulong valueId, ValueChange change)
    {
        foreach (ListenOperation listen in Parts.Subscriptions.Where(s => s.Key == key).ToList()) listen.ChangedHere(valueId, change);
    }

    // Anybody can listen in another node's name: what becomes of our pushes to that address must not be laid at the real node's door.
    private Contact? ContactOf(InfoHash id, NodeAddress address)
    {
        if (FamilyOf(address) is not { } family) return null;
        return family.Contacts.Find(id) is { } known && known.Address == address ? known : new Contact(id, address);
    }

    private FamilyParts? FamilyOf(NodeAddress address) => Parts.Families.FirstOrDefault(f => f.Family == address.Family);

    private bool IsConnected() => Parts.Families.Any(f => f.Table.Count(Turn.Ms).Good > 0);

    private IEnumerable<NodeAddress> LostAddresses() => Parts.Families.SelectMany(f => f.Contacts.Lost(LostMax)).Select(c => c.Address);

    private void StepSearches()
    {
        foreach (FamilyParts family in Parts.Families) family.Searches.StepAll();
    }

    private static RequestEvents Quiet() => new() { Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => { } };
}
