using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>What a search does for somebody at the nodes it found: a get, an announce, a listen.</summary>
internal interface ISearchTask
{
    /// <summary>A get asks the nodes on the way, before the search is synced.</summary>
    bool AsksOnTheWay { get; }

    /// <summary>How many of the nearest synced nodes it concerns (section 6.4).</summary>
    int Width { get; }

    /// <summary>Does what is due at one node. Called again and again: it must know what it did.</summary>
    /// <returns>True when it sent something, so that the node counts as busy.</returns>
    bool Step(Search search, SearchNode node);

    /// <summary>True when nothing more is to do or to wait for at this node.</summary>
    bool IsDoneAt(SearchNode node);

    /// <summary>The next time anything becomes due at this node.</summary>
    long DueMs(SearchNode node);

    /// <summary>The nearest synced nodes are all done.</summary>
    void Completed(Search search);

    /// <summary>There is nobody to ask any more.</summary>
    void Failed(Search search);
}

/// <summary>The way to the nodes nearest to one key in one family (section 6.4): at most 14 nodes, 4 of them being asked, until the nearest 8 gave tokens.</summary>
/// <remarks>Owner thread only. There is no step timer: each reply, each slow answer and each new node takes the next step.</remarks>
internal sealed class Search
{
    /// <summary>Nodes a search holds, not counting bad ones.</summary>
    public const int NodesMax = 14;

    /// <summary>Nodes with a pending request (alpha).</summary>
    public const int Alpha = 4;

    /// <summary>Nodes a value is announced to (k).</summary>
    public const int AnnounceWidth = 8;

    /// <summary>Nodes that are asked to push changes.</summary>
    public const int ListenWidth = 4;

    /// <summary>Bad nodes kept so that they are not tried again at once; with the good ones the bound of the list.</summary>
    private const int ListMax = 3 * NodesMax;

    /// <summary>When this many of the nearest nodes are all expired, the search has nobody left (section 6.4).</summary>
    private const int ExpiredMax = 25;

    /// <summary>Pause before another look at something overdue: the first wait of a request.</summary>
    private const long RetryMs = 1_000;

    private readonly List<SearchNode> _nodes = [];
    private readonly List<ISearchTask> _tasks = [];
    private readonly TurnState _turn;
    private readonly TimerQueue _timers;
    private readonly QuerySender _queries;
    private Timer? _timer;
    private long _timerMs = long.MaxValue;
    private bool _stepping;
    private bool _stepAgain;

    public Search(in InfoHash key, IpFamily family, TurnState turn, TimerQueue timers, QuerySender queries)
    {
        Key = key;
        Family = family;
        _turn = turn;
        _timers = timers;
        _queries = queries;
        LastStepMs = turn.Ms;
    }

    public InfoHash Key { get; }

    public IpFamily Family { get; }

    public QuerySender Queries => _queries;

    public TurnState Turn => _turn;

    /// <summary>Last time something happened: an idle search is removed 62 min later.</summary>
    public long LastStepMs { get; private set; }

    public bool HasTasks => _tasks.Count > 0;

    public IReadOnlyList<SearchNode> Nodes => _nodes;

    /// <summary>True while a bootstrap may still bring nodes: then an empty search waits instead of failing.</summary>
    public required Func<bool> MayFindNodes { get; init; }

    public void Add(ISearchTask task)
    {
        _tasks.Add(task);
        Forgive();
        Step();
    }

    public void Remove(ISearchTask task)
    {
        if (!_tasks.Remove(task)) return;
        foreach (SearchNode node in _nodes) node.States.Remove(task);
    }

    /// <summary>Offers a contact; it is taken when it is among the nearest.</summary>
    /// <returns>True when it was taken.</returns>
    public bool Offer(Contact contact)
    {
        if (contact.Family != Family || contact.IsExpired) return false;
        int at = _nodes.Count;
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i].Contact.Id == contact.Id) return Replace(i, contact);
            if (at == _nodes.Count && Key.CompareDistance(contact.Id, _nodes[i].Contact.Id) < 0) at = i;
        }

        int good = 0;
        for (int i = 0; i < at; i++)
        {
            if (!_nodes[i].IsBad) good++;
        }

        if (good >= NodesMax) return false;
        _nodes.Insert(at, new SearchNode(contact));
        Trim();
        return true;
    }

    /// <summary>Asks a node for its token (and the nodes it knows). One that answers without giving a usable token makes room for another.</summary>
    public void Find(SearchNode node)
    {
        RequestEvents events = Events(
            node,
            (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => node.IsCandidate = !node.IsSynced(_turn.Ms),
            _ => node.IsCandidate = true);
        Track(node, _queries.Find(node.Contact, Key, Want.Unsaid, events));
    }

    /// <summary>Gives nodes that were passed over another chance: the network changed.</summary>
    public void Forgive()
    {
        foreach (SearchNode node in _nodes) node.IsCandidate = false;
    }

    /// <summary>Events of a request of this search: they keep the node's state, tell <paramref name="replied"/>, and take the next step.</summary>
    public RequestEvents Events(SearchNode node, ReplyHandler? replied, Action<int>? refused = null, Action? expired = null)
    {
        return new RequestEvents
        {
            Replied = (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values) =>
            {
                Settle(node);
                node.TakeToken(message.Token, _turn.Ms);
                replied?.Invoke(message, values);
                Step();
            },
            Refused = code =>
            {
                Settle(node);
                refused?.Invoke(code);
                Step();
            },
            Slow = () =>
            {
                node.IsCandidate = true;
                Step();
            },
            Expired = () =>
            {
                node.Pending--;
                // While its contact is expired it is bad anyway; when that is back, it counts again.
                node.IsCandidate = false;
                expired?.Invoke();
                Step();
            },
        };
    }

    /// <summary>Counts a request that was sent to a node.</summary>
    public static void Track(SearchNode node, Request request)
    {
        if (!request.IsDone) node.Pending++;
    }

    /// <summary>401: the token is dropped and asked for again; more than 3 in a row expire the node (section 2.9).</summary>
    public void Unauthorized(SearchNode node)
    {
        node.DropToken();
        if (++node.Contact.AuthErrors > Contact.AuthErrorsMax) _queries.Engine.ExpireContact(node.Contact);
    }

    /// <summary>The nearest nodes that count, in order: not bad, at most <paramref name="count"/>.</summary>
    public IEnumerable<SearchNode> Nearest(int count) => _nodes.Where(n => !n.IsBad).Take(count);

    /// <summary>The first 8 nodes that are not bad each gave a token within 10 minutes, and there is at least one.</summary>
    public bool IsSynced
    {
        get
        {
            int seen = 0;
            foreach (SearchNode node in _nodes)
            {
                if (node.IsBad) continue;
                if (!node.IsSynced(_turn.Ms)) return false;
                if (++seen == AnnounceWidth) break;
            }

            return seen > 0;
        }
    }

    /// <summary>Does what can be done now. Safe to call from within itself: the outer call goes round again.</summary>
    public void Step()
    {
        _stepAgain = true;
        if (_stepping) return;
        _stepping = true;
        try
        {
            // Each round either sends something (bounded by the nodes) or is the last one.
            for (int round = 0; _stepAgain && round < 4 * ListMax; round++)
            {
                _stepAgain = false;
                StepOnce();
            }
        }
        finally
        {
            _stepping = false;
        }

        Arm();
    }

    private void StepOnce()
    {
        if (_tasks.Count == 0) return;
        LastStepMs = _turn.Ms;
        if (HasExpired())
        {
            if (!MayFindNodes())
            {
                foreach (ISearchTask task in _tasks.ToList()) task.Failed(this);
            }

            return;
        }

        bool synced = IsSynced;
        if (synced) Serve();
        if (!synced || _tasks.Any(t => t.AsksOnTheWay)) Ask();
    }

    private void Serve()
    {
        foreach (ISearchTask task in _tasks.ToList())
        {
            bool done = true;
            foreach (SearchNode node in Nearest(task.Width).ToList())
            {
                // A task that asks on the way keeps to the bound on busy nodes, here too.
                if (!task.AsksOnTheWay) task.Step(this, node);
                done &= task.IsDoneAt(node);
            }

            if (done && IsSynced) task.Completed(this);
        }
    }

    private void Ask()
    {
        int busy = _nodes.Count(n => n.Pending > 0 && !n.IsBad);
        int seen = 0;
        foreach (SearchNode node in _nodes.ToList())
        {
            if (busy >= Alpha || seen >= NodesMax) break;
            if (node.IsBad) continue;
            // Beyond the nearest 8, a node is only asked while the nearer ones leave room.
            if (++seen > AnnounceWidth && IsSynced) break;
            if (node.Pending > 0) continue;
            bool sent = false;
            foreach (ISearchTask task in _tasks.ToList())
            {
                if (task.AsksOnTheWay && !task.IsDoneAt(node)) sent |= task.Step(this, node);
            }

            if (!sent && !node.IsSynced(_turn.Ms))
            {
                Find(node);
                sent = true;
            }

            if (sent) busy++;
        }
    }

    private bool HasExpired()
    {
        int nearest = Math.Min(ExpiredMax, _nodes.Count);
        for (int i = 0; i < nearest; i++)
        {
            if (!_nodes[i].Contact.IsExpired) return false;
        }

        return true;
    }

    private static void Settle(SearchNode node)
    {
        node.Pending--;
        node.IsCandidate = false;
    }

    // The contacts' book forgot this node meanwhile and met it anew: the new object is the one that is kept up to date.
    private bool Replace(int at, Contact contact)
    {
        if (_nodes[at].Contact == contact || _nodes[at].Pending > 0) return false;
        _nodes[at] = new SearchNode(contact);
        return true;
    }

    private void Trim()
    {
        int good = 0;
        for (int i = 0; i < _nodes.Count; i++)
        {
            SearchNode node = _nodes[i];
            bool tooMany = node.IsBad ? i >= ListMax : ++good > NodesMax;
            if (tooMany && node.Pending == 0) _nodes.RemoveAt(i--);
        }

        while (_nodes.Count > ListMax) _nodes.RemoveAt(_nodes.Count - 1);
    }

    // One timer for the earliest thing due: a token that ends, a listen or an announce to repeat.
    private void Arm()
    {
        if (!HasTasks) return;
        long due = long.MaxValue;
        foreach (ISearchTask task in _tasks)
        {
            foreach (SearchNode node in Nearest(task.Width)) due = Math.Min(due, task.DueMs(node));
        }

        if (due == _timerMs && _timer is { IsDone: false }) return;
        _timer?.Cancel();
        _timerMs = due;
        // What is due already waits for an answer (a token, mostly), whose arrival takes the next step; the pause is for what slips through.
        long at = due > _turn.Ms ? due : _turn.Ms + RetryMs;
        _timer = due == long.MaxValue ? null : _timers.Schedule(at, Step);
    }
}
