using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Pings the bootstrap addresses while nobody is connected, less and less often (section 6.9). Owner thread only.</summary>
internal sealed class Bootstrap(TurnState turn, TimerQueue timers, QuerySender queries)
{
    /// <summary>First pause between two rounds.</summary>
    private const long PauseMsFirst = 10_000;

    /// <summary>Longest pause. Stock doubles up to a day; five minutes keep a node whose network comes late from sleeping through its return.</summary>
    private const long PauseMsMax = 5 * 60_000;

    private readonly List<NodeAddress> _addresses = [];
    private readonly HashSet<Request> _pending = [];
    private long _pauseMs = PauseMsFirst;
    private Timer? _timer;
    private bool _isStarted;

    /// <summary>True while somebody may still answer, or nobody was asked yet.</summary>
    public bool IsUnderWay(IpFamily family)
    {
        if (!_isStarted) return _addresses.Any(a => a.Family == family);
        foreach (Request request in _pending)
        {
            if (request.Route.Remote.Family == family) return true;
        }

        return false;
    }

    /// <summary>True when there is a good contact: no need to ask.</summary>
    public required Func<bool> IsConnected { get; init; }

    /// <summary>Addresses of nodes we once knew: asked too, so that a node without bootstrap addresses finds back.</summary>
    public required Func<IEnumerable<NodeAddress>> Lost { get; init; }

    /// <summary>A round ended without an answer from anybody.</summary>
    public Action? Ended { get; set; }

    public void Add(IEnumerable<NodeAddress> addresses)
    {
        bool added = false;
        foreach (NodeAddress address in addresses)
        {
            if (_addresses.Contains(address)) continue;
            _addresses.Add(address);
            added = true;
        }

        if (added && _isStarted) Restart();
    }

    /// <summary>From now on these are asked and no others; new ones at once.</summary>
    public void Replace(IReadOnlyCollection<NodeAddress> addresses)
    {
        _addresses.RemoveAll(address => !addresses.Contains(address));
        Add(addresses);
    }

    /// <summary>Begins a round now, with short pauses again.</summary>
    public void Restart()
    {
        _pauseMs = PauseMsFirst;
        _timer?.Cancel();
        Round();
    }

    private void Round()
    {
        _isStarted = true;
        if (!IsConnected())
        {
            foreach (NodeAddress address in _addresses.Concat(Lost()).ToList()) Ping(address);
        }

        if (_pending.Count == 0) Ended?.Invoke();
        _timer = timers.Schedule(turn.Ms + _pauseMs, Repeat);
    }

    private void Repeat()
    {
        _pauseMs = IsConnected() ? PauseMsFirst : Math.Min(2 * _pauseMs, PauseMsMax);
        Round();
    }

    private void Ping(NodeAddress address)
    {
        if (_pending.Any(r => r.Route.Remote == address)) return;
        Request? request = null;
        request = queries.PingAddress(address, new RequestEvents
        {
            Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => Forget(request),
            Refused = _ => Forget(request),
            Expired = () => Forget(request),
        });
        if (!request.IsDone) _pending.Add(request);
    }

    private void Forget(Request? request)
    {
        if (request is not null) _pending.Remove(request);
        if (_pending.Count == 0) Ended?.Invoke();
    }
}
