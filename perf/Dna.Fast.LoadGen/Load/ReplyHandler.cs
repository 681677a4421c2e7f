using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>What an engine does with a datagram. The engine's thread.</summary>
internal sealed class ReplyHandler
{
    /// <summary>A token for the node's own requests to us: it may hold anything, but its absence would get us blacklisted.</summary>
    private static readonly byte[] OurToken = [1, 2, 3, 4, 5, 6, 7, 8];

    private readonly EngineOptions _options;
    private readonly SendBatch _outbound;
    private IWorkload _workload = new SilentWorkload();
    private Meter _meter = null!;

    public ReplyHandler(EngineOptions options, SendBatch outbound)
    {
        _options = options;
        _outbound = outbound;
    }

    public IPushSink? Pushes { get; set; }

    public void Begin(IWorkload workload, Meter meter)
    {
        _workload = workload;
        _meter = meter;
    }

    /// <summary>Takes one datagram.</summary>
    public void Take(Source source, ReadOnlySpan<byte> datagram, long now)
    {
        if (MessageReader.Read(datagram, out Message message) != DecodeStatus.Ok)
        {
            _meter.Count(Stray.Malformed);
            return;
        }

        if (message.Network != source.Self.Network)
        {
            _meter.Count(Stray.Unexpected);
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Reply or MessageKind.Error or MessageKind.Fragment:
                Answer(source, message, now);
                break;
            default:
                NodeQuery(source, message, now);
                break;
        }
    }

    /// <summary>Ends an open request.</summary>
    public void End(Source source, int index, Outcome outcome, long now)
    {
        ref Slot slot = ref source.InFlight[index];
        Request request = slot.Request;
        if (outcome == Outcome.Unauthorized) source.NeedsToken = true;
        _meter.Ended(slot, outcome, now);
        source.InFlight.Close(index, outcome == Outcome.Timeout);
        _workload.Ended(source, request, outcome);
    }

    private void Answer(Source source, scoped in Message message, long now)
    {
        Match match = source.InFlight.Find(message.Transaction, out int index);
        if (match != Match.Open)
        {
            _meter.Count(match switch { Match.Late => Stray.Late, Match.Duplicate => Stray.Duplicate, _ => Stray.Unexpected });
            return;
        }

        ref Slot slot = ref source.InFlight[index];
        bool isComplete = true;
        Outcome outcome = message.Kind switch
        {
            MessageKind.Error => ReplyCheck.Error(message.ErrorCode),
            MessageKind.Fragment => ReplyCheck.Fragment(message, ref slot, _options, out isComplete),
            _ => ReplyCheck.Reply(message, ref slot, _options, out isComplete),
        };
        if (!message.Token.IsEmpty) source.UseToken(message.Token);
        if (_options.NodeId.IsZero) _options.NodeId = message.Id;
        if (slot.Request.Kind == RequestKind.Find && outcome == Outcome.Ok)
        {
            _meter.NodeLists++;
            _meter.NodesListed += message.Nodes4.Length / WireLimits.Node4Bytes + message.Nodes6.Length / WireLimits.Node6Bytes;
        }

        if (isComplete) End(source, index, outcome, now);
    }

    /// <summary>The node asks us, as it asks every node it met: an answer is what makes our sources good contacts in its lists.</summary>
    private void NodeQuery(Source source, scoped in Message query, long now)
    {
        _meter.Count(Stray.NodeQuery);
        Span<byte> to = _outbound.Room;
        int bytes = query.Kind switch
        {
            MessageKind.Find or MessageKind.Get =>
                ReplyWriter.Found(to, source.Self, query.Transaction, _options.Node, default, default, OurToken, default, default),
            MessageKind.Ping or MessageKind.Update => ReplyWriter.Pong(to, source.Self, query.Transaction, _options.Node),
            _ => 0,
        };
        if (bytes > 0)
        {
            _outbound.Commit(bytes);
            _outbound.Flush(source.Socket, out int unsent);
            _meter.DatagramsOut += 1 - unsent;
        }

        if (query.Kind == MessageKind.Update) Pushes?.OnPush(source, query, now);
    }
}
