using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving.Queries;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>One worker's way of a datagram: gate, decode, reassemble, answer. Implements the packet side of the node; one instance per worker thread.</summary>
/// <remarks>
/// Checks come cheapest first, and each drop has its counter: martians and the blacklist by the address alone; the budgets; decoding; network id; our own id;
/// draining. A datagram whose first key is <c>a</c>, as every stock query begins, is charged to the budgets before it is decoded, so that a flood costs one
/// comparison of three bytes and two of counters; a query written in another order is charged after decoding. Replies are never charged.
/// </remarks>
public sealed class Receiver : IDatagramHandler
{
    /// <summary>Old reassemblies are looked for once a second: their shortest life is 3 s.</summary>
    private const long ExpiryMs = 1000;

    private readonly NodeContext _context;
    private readonly CounterSet _counters;
    private readonly Reassembler _reassembler = new(new ReassemblyLimits());
    private readonly AcknowledgementRing _ring;
    private readonly PendingPuts _pending;
    private readonly PingHandler _ping;
    private readonly FindHandler _find;
    private readonly GetHandler _get;
    private readonly PutHandler _put;
    private readonly RefreshHandler _refresh;
    private readonly ListenHandler _listen;
    private readonly UpdateHandler _update;
    private readonly InfoHash _self;
    private readonly uint _network;
    private volatile Action? _wake;
    private volatile bool _isDraining;
    private long _expireMs = Contact.Never;

    public Receiver(NodeContext context, CounterSet counters, VerificationQueue verification)
    {
        _context = context;
        _counters = counters;
        _self = context.Options.Id;
        _network = context.Options.Network;
        var replies = new Replies(context, counters);
        _ring = new AcknowledgementRing(context.Store, counters, replies);
        var writer = new SlotWriter(context, counters, replies, _ring);
        _pending = new PendingPuts(context, counters, verification, writer);
        _ping = new PingHandler(replies);
        _find = new FindHandler(context, replies);
        _get = new GetHandler(context, counters, replies);
        _put = new PutHandler(context, counters, replies, writer, _pending);
        _refresh = new RefreshHandler(context, replies, writer);
        _listen = new ListenHandler(context, counters, replies);
        _update = new UpdateHandler(context, replies);
    }

    /// <summary>True: queries are dropped and counted, what was accepted is finished. Any thread.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>Acknowledgements that still wait for a commit or a signature. Any thread.</summary>
    public int PendingAcknowledgements => _ring.Count + _pending.Count;

    /// <inheritdoc />
    public void Attach(Action wake)
    {
        _wake = wake;
        _pending.Attach(wake);
    }

    /// <summary>The store committed. Any thread; wakes this worker when it owes acknowledgements.</summary>
    public void NoteCommit()
    {
        // The other half of the argument in AcknowledgementRing.
        Interlocked.MemoryBarrier();
        if (_ring.Count > 0) _wake?.Invoke();
    }

    /// <inheritdoc />
    public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
    {
        _counters.Add(Counter.DatagramsIn);
        _counters.Add(Counter.BytesIn, datagram.Length);
        if (!Admit(_context.Gate.CheckArrival(from, now.Ms))) return;
        bool isCharged = BeginsLikeQuery(datagram);
        if (isCharged && !Admit(_context.Gate.Charge(from.Remote, now.Ms))) return;

        DecodeStatus status = MessageReader.Read(datagram, out Message message);
        if (status != DecodeStatus.Ok)
        {
            _counters.Add(CounterOf(status));
            return;
        }

        if (message.Network != _network)
        {
            _counters.Add(Counter.DropNetwork);
            return;
        }

        var at = new Arrival(now, from, sink);
        if (message.Kind == MessageKind.Fragment)
        {
            TakeFragment(message, at);
            return;
        }

        if (message.Id == _self)
        {
            _counters.Add(Counter.DropOwnId);
            return;
        }

        bool isAnswer = message.Kind is MessageKind.Reply or MessageKind.Error or MessageKind.LegacyUpdate;
        if (!isAnswer && !isCharged && !Admit(_context.Gate.Charge(from.Remote, now.Ms))) return;
        if (!isAnswer && _isDraining)
        {
            _counters.Add(Counter.DropDraining);
            return;
        }

        NoteSender(message, at, isAnswer);
        if (isAnswer) TakeAnswer(message, datagram, at);
        else Answer(message, datagram, at);
    }

    /// <inheritdoc />
    public long Turn(in Instant now, IDatagramSink sink)
    {
        _pending.Finish(now, sink);
        long due = _ring.Drain(now.Ms, sink);
        if (_reassembler.OpenCount == 0) return due;
        if (now.Ms >= _expireMs)
        {
            _counters.Add(Counter.DropFragmentTimeout, _reassembler.Expire(now.Ms));
            _expireMs = now.Ms + ExpiryMs;
        }

        return Math.Min(due, _expireMs);
    }

    private void Answer(in Message query, ReadOnlySpan<byte> datagram, in Arrival at)
    {
        switch (query.Kind)
        {
            case MessageKind.Ping:
                _counters.Add(Counter.PingsIn);
                _ping.Handle(query, at);
                break;
            case MessageKind.Find:
                _counters.Add(Counter.FindsIn);
                _find.Handle(query, at);
                break;
            case MessageKind.Get:
                _counters.Add(Counter.GetsIn);
                _get.Handle(query, at);
                break;
            case MessageKind.Put:
                _counters.Add(Counter.PutsIn);
                if (!query.HasSizes) _put.Handle(query, at);
                else if (IsSpared()) break;
                else if (_put.Admits(query, at)) Open(query, datagram, at);
                break;
            case MessageKind.Refresh:
                _counters.Add(Counter.RefreshesIn);
                _refresh.Handle(query, at);
                break;
            case MessageKind.Listen:
                _counters.Add(Counter.ListensIn);
                if (!IsSpared()) _listen.Handle(query, at);
                break;
            case MessageKind.Update:
                _counters.Add(Counter.UpdatesIn);
                // Values in fragments are acknowledged when they are whole: the sender repeats them until then.
                if (query.HasSizes && _context.Expected.IsSocket(query.SocketId)) Open(query, datagram, at);
                else _update.Handle(query, datagram, at);
                break;
        }
    }

    /// <summary>Counts and drops what a node in soft mode does not serve: others hold the same values and have the same listeners.</summary>
    private bool IsSpared()
    {
        if (!_context.Gate.IsSoft) return false;
        _counters.Add(Counter.DropSoft);
        return true;
    }

    private void TakeAnswer(in Message answer, ReadOnlySpan<byte> datagram, in Arrival at)
    {
        _counters.Add(answer.Kind == MessageKind.Error ? Counter.ErrorsIn : Counter.RepliesIn);
        // Nothing is held for an answer nobody asked for.
        if (!_context.Expected.IsAnswer(at.From.Remote, answer.Transaction)) _counters.Add(Counter.DropReplyUnknown);
        else if (answer.HasSizes) Open(answer, datagram, at);
        else _context.Inbox.Answer(at.From, datagram);
    }

    private void Open(in Message header, ReadOnlySpan<byte> datagram, in Arrival at)
    {
        ReassemblyStatus status = _reassembler.Open(at.From.Remote, header, datagram, at.Now.Ms, out ReassembledMessage? whole);
        if (status == ReassemblyStatus.Refused) _counters.Add(Counter.DropFragmentRefused);
        if (status == ReassemblyStatus.Complete) TakeAssembled(whole!, at);
    }

    private void TakeFragment(in Message fragment, in Arrival at)
    {
        _counters.Add(Counter.FragmentsIn);
        int open = _reassembler.OpenCount;
        ReassemblyStatus status = _reassembler.Add(at.From.Remote, fragment, at.Now.Ms, out ReassembledMessage? whole);
        if (status == ReassemblyStatus.Refused) _counters.Add(Counter.DropFragmentRefused);
        if (status == ReassemblyStatus.Complete) TakeAssembled(whole!, at);

        // A fragment that matches nothing is charged (section 6.8): the header of the others was.
        bool matchesNothing = status is ReassemblyStatus.Refused or ReassemblyStatus.Ignored || _reassembler.OpenCount > open;
        if (matchesNothing) Admit(_context.Gate.Charge(at.From.Remote, at.Now.Ms));
    }

    private void TakeAssembled(ReassembledMessage whole, in Arrival at)
    {
        if (MessageReader.Read(whole.Header.Span, out Message header) != DecodeStatus.Ok) return;
        if (header.Kind == MessageKind.Put)
        {
            _put.HandleAssembled(header, whole.Values, at);
            return;
        }

        if (header.Kind == MessageKind.Update) _update.Acknowledge(header, at);
        _context.Inbox.Assembled(at.From, whole);
    }

    private void NoteSender(in Message message, in Arrival at, bool isAnswer)
    {
        if (message.IsClient) return;
        RoutingTable table = _context.Table(at.From.Remote.Family);
        Contact? known = table.Find(message.Id);
        if (known is not null && known.Address == at.From.Remote) known.NoteHeard(at.Now.Ms);
        // An answer goes to the owner itself, who takes the contact from it if it asked.
        else if (!isAnswer && (known is not null || table.CouldTake(message.Id, at.Now.Ms))) _context.Inbox.Heard(message.Id, at.From.Remote);
    }

    private bool Admit(GateVerdict verdict)
    {
        if (verdict == GateVerdict.Pass) return true;
        _counters.Add(verdict switch
        {
            GateVerdict.Martian => Counter.DropMartian,
            GateVerdict.Blocked => Counter.DropBlocked,
            GateVerdict.NotPublic => Counter.DropNotPublic,
            GateVerdict.Blacklisted => Counter.DropBlacklisted,
            GateVerdict.OverSourceBudget => Counter.DropRateSource,
            _ => Counter.DropRateGlobal,
        });
        return false;
    }

    /// <summary>A short map whose first key is <c>a</c>.</summary>
    private static bool BeginsLikeQuery(ReadOnlySpan<byte> datagram) =>
        datagram.Length > 2 && (datagram[0] & 0xF0) == 0x80 && datagram[1] == 0xA1 && datagram[2] == (byte)'a';

    private static Counter CounterOf(DecodeStatus status) => status switch
    {
        DecodeStatus.BadId => Counter.DropBadId,
        DecodeStatus.UnknownQuery => Counter.DropUnknownQuery,
        _ => Counter.DropMalformed,
    };
}
