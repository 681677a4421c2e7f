using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Pushes updates to listeners as requests, with retransmission (section 2.8). Owner thread only.</summary>
internal sealed class UpdatePusher(NodeContext context, TurnState turn, QuerySender queries, CounterSet counters, Func<InfoHash, NodeAddress, Contact?> contactOf)
    : IUpdateSender
{
    /// <summary>Updates without an answer at one listener's node: beyond, it is too slow to be told more.</summary>
    private const int PendingPerNodeMax = 256;

    /// <summary>Requests in all up to which listeners are told: the other half is for our own operations.</summary>
    private const int PendingMax = RequestEngine.PendingMax / 2;

    /// <summary>Legacy pushes are built here: a header is small, its values travel in fragments beyond 600 bytes.</summary>
    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];

    public Action<InfoHash, NodeAddress>? Unanswered { get; set; }

    public bool SendValues(in InfoHash node, in Route to, in InfoHash key, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes)
    {
        if (Listener(node, to) is not { } contact) return false;
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(to.Remote, token);
        counters.Add(Counter.UpdatesOut);
        return !queries.UpdateValues(contact, to, key, socketId, sizes, packed, token, Events(node, to.Remote)).IsDone;
    }

    public bool SendIds(in InfoHash node, in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids)
    {
        if (Listener(node, to) is not { } contact) return false;
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(to.Remote, token);
        counters.Add(Counter.UpdatesOut);
        return !queries.UpdateIds(contact, to, socketId, refreshed, ids, token, Events(node, to.Remote)).IsDone;
    }

    public bool SendLegacyValues(in Route to, uint socketId, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes)
    {
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(to.Remote, token);
        byte[] values = QuerySender.ValueList(sizes, packed);
        if (!Send(to, ReplyWriter.LegacyValues(_buffer, context.Self, socketId, values, token))) return false;
        if (ValueListWriter.FitsInline(sizes.Length, packed.Length)) return true;
        int start = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            for (int offset = 0; offset < sizes[i]; offset += WireLimits.FragmentBytes)
            {
                ReadOnlySpan<byte> data = packed.Slice(start + offset, Math.Min(WireLimits.FragmentBytes, sizes[i] - offset));
                if (!Send(to, FragmentWriter.Write(_buffer, context.Self, socketId, i, offset, data))) return false;
            }

            start += sizes[i];
        }

        return true;
    }

    public bool SendLegacyIds(in Route to, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids)
    {
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(to.Remote, token);
        return Send(to, ReplyWriter.LegacyIds(_buffer, context.Self, socketId, refreshed, ids, token));
    }

    private Contact? Listener(in InfoHash node, in Route to) =>
        queries.Engine.Count < PendingMax && contactOf(node, to.Remote) is { } contact && contact.PendingRequests < PendingPerNodeMax ? contact : null;

    private RequestEvents Events(InfoHash node, NodeAddress address) => new()
    {
        Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => { },
        Expired = () => Unanswered?.Invoke(node, address),
    };

    private bool Send(in Route to, int length)
    {
        if (length == 0) return false;
        Span<byte> room = turn.Sink.Rent(length);
        if (room.Length < length)
        {
            counters.Add(Counter.DropSinkFull);
            return false;
        }

        _buffer.AsSpan(0, length).CopyTo(room);
        turn.Sink.Send(to, length);
        return true;
    }
}
