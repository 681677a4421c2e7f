using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Sends requests, sends them again, and matches answers to them (sections 1.4 and 1.5). Owner thread only.</summary>
/// <remarks>
/// A request is sent at most three times with identical bytes. Its waits: 1.0 to 1.25 s, then twice the last plus 0 to 250 ms, twice. An answer belongs
/// to a request when transaction, source address and, where known, the node's id agree; stock compares no address, which lets anybody who
/// guesses a number answer for another.
/// </remarks>
internal sealed class RequestEngine
{
    public const int AttemptsMax = 3;

    /// <summary>Half the first wait: it is doubled before each send (section 1.5).</summary>
    private const long BaseWaitMs = 500;

    private const ulong JitterMs = 250;

    /// <summary>Requests without an answer at once: bounds what listeners of strangers can make us hold.</summary>
    public const int PendingMax = 65_536;

    private static readonly IReadOnlyList<ReadOnlyMemory<byte>> NoValues = [];

    private readonly TurnState _turn;
    private readonly TimerQueue _timers;
    private readonly CounterSet _counters;
    private readonly INodeRandom _random;
    private readonly Dictionary<uint, Request> _pending = [];
    private readonly Dictionary<Contact, List<Request>> _pendingOf = [];
    private readonly ExpectedAnswers _expected;

    public RequestEngine(TurnState turn, TimerQueue timers, CounterSet counters, INodeRandom random, ExpectedAnswers expected)
    {
        _turn = turn;
        _timers = timers;
        _counters = counters;
        _random = random;
        _expected = expected;
    }

    /// <summary>Called when a contact's request ran out, after the contact was expired.</summary>
    public Action<Contact>? ContactExpired { get; set; }

    public int Count => _pending.Count;

    /// <summary>From request to answer, of requests that were sent once: of the others nobody knows which one was answered.</summary>
    public LatencyHistogram RoundTrips { get; } = new();

    /// <summary>A number no pending request has; also the numbers of listener sockets. Never 0.</summary>
    /// <remarks>Random each time: a peer that sees one number must not know the next, or it could answer for others from a forged address.</remarks>
    public uint NextTransaction()
    {
        uint transaction;
        do transaction = (uint)_random.NextUInt64();
        while (transaction == 0 || _pending.ContainsKey(transaction));
        return transaction;
    }

    /// <summary>Sends a request for the first time.</summary>
    /// <remarks>When too many are pending nothing is sent, and it is told as expired a little later, the contact unharmed.</remarks>
    public Request Send(uint transaction, in Route route, Contact? contact, IReadOnlyList<byte[]> datagrams, RequestEvents events, bool wantsToken = false)
    {
        var request = new Request
        {
            Transaction = transaction,
            Route = route,
            Contact = contact,
            Datagrams = datagrams,
            Events = events,
            WantsToken = wantsToken,
            WaitMs = BaseWaitMs,
            SentMs = _turn.Ms,
        };
        if (contact is not null) contact.PendingRequests++;
        if (_pending.Count >= PendingMax)
        {
            _counters.Add(Counter.RequestsRefused);
            request.Timer = _timers.Schedule(_turn.Ms + BaseWaitMs, () => GiveUp(request));
            return request;
        }

        _pending.Add(transaction, request);
        _expected.Add(route.Remote, transaction);
        if (contact is not null)
        {
            if (!_pendingOf.TryGetValue(contact, out List<Request>? others)) _pendingOf.Add(contact, others = []);
            others.Add(request);
        }

        _counters.Add(Counter.RequestsOut);
        Transmit(request);
        return request;
    }

    /// <summary>Forgets a request: no event follows.</summary>
    public void Cancel(Request request)
    {
        if (!request.IsDone) Finish(request);
    }

    /// <summary>Finds the request an answer belongs to and ends its waiting. <see cref="Complete"/> then tells who waits.</summary>
    /// <returns>The request, or null: counted here.</returns>
    public Request? Match(in Route from, in Message message)
    {
        if (!_pending.TryGetValue(message.Transaction, out Request? request))
        {
            _counters.Add(Counter.DropReplyUnknown);
            return null;
        }

        if (request.Route.Remote != from.Remote)
        {
            _counters.Add(Counter.DropReplyForeignSource);
            return null;
        }

        if (request.Contact is { } contact && contact.Id != message.Id)
        {
            // Another node lives at this address now: the one we asked is gone.
            ExpireContact(contact);
            return null;
        }

        Finish(request);
        if (request.Attempts == 1) RoundTrips.Add(1_000 * (_turn.Ms - request.SentMs));
        _counters.Add(Counter.RequestsAnswered);
        return request;
    }

    /// <summary>Tells who waits for a request of the answer. <paramref name="values"/>: those that came in fragments, or null.</summary>
    public static void Complete(Request request, in Message message, IReadOnlyList<ReadOnlyMemory<byte>>? values)
    {
        if (message.Kind == MessageKind.Error) request.Events.Refused?.Invoke(message.ErrorCode);
        else request.Events.Replied(message, values ?? InlineValues(message));
    }

    /// <summary>Expires a contact and every request to it.</summary>
    public void ExpireContact(Contact contact)
    {
        contact.Expire();
        List<Request> dying = _pendingOf.TryGetValue(contact, out List<Request>? pending) ? [.. pending] : [];
        foreach (Request request in dying) GiveUp(request);

        ContactExpired?.Invoke(contact);
    }

    /// <summary>Copies of the inline values of a message.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> InlineValues(in Message message)
    {
        if (message.ValueCount == 0) return NoValues;
        var list = new List<ReadOnlyMemory<byte>>(message.ValueCount);
        var values = new ValueEnumerator(message.Values, message.ValueCount);
        while (values.MoveNext())
        {
            if (!values.IsSize) list.Add(values.Packed.ToArray());
        }

        return list;
    }

    private void Transmit(Request request)
    {
        request.Attempts++;
        request.WaitMs = 2 * request.WaitMs + (long)(_random.NextUInt64() % (JitterMs + 1));
        foreach (byte[] datagram in request.Datagrams)
        {
            Span<byte> room = _turn.Sink.Rent(datagram.Length);
            if (room.Length < datagram.Length)
            {
                // As if lost on the way: the next try repeats it.
                _counters.Add(Counter.DropSinkFull);
                break;
            }

            datagram.CopyTo(room);
            _turn.Sink.Send(request.Route, datagram.Length);
        }

        request.Timer = _timers.Schedule(_turn.Ms + request.WaitMs, () => TimeOut(request));
    }

    private void TimeOut(Request request)
    {
        if (request.IsDone) return;
        if (request.Attempts < AttemptsMax)
        {
            bool first = request.Attempts == 1;
            _counters.Add(Counter.RequestsRetried);
            Transmit(request);
            if (first) request.Events.Slow?.Invoke();
            return;
        }

        if (request.Contact is { } contact)
        {
            ExpireContact(contact);
            return;
        }

        GiveUp(request);
    }

    private void GiveUp(Request request)
    {
        if (request.IsDone) return;
        Finish(request);
        _counters.Add(Counter.RequestsExpired);
        request.Events.Expired?.Invoke();
    }

    private void Finish(Request request)
    {
        request.IsDone = true;
        request.Timer?.Cancel();
        if (request.Contact is { } contact)
        {
            contact.PendingRequests--;
            if (_pendingOf.TryGetValue(contact, out List<Request>? others) && others.Remove(request) && others.Count == 0) _pendingOf.Remove(contact);
        }

        if (!_pending.TryGetValue(request.Transaction, out Request? held) || held != request) return;
        _pending.Remove(request.Transaction);
        _expected.Remove(request.Route.Remote, request.Transaction);
    }
}
