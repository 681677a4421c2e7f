using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Writes replies into the sink; the sockets count them. One worker's thread; allocates nothing.</summary>
internal sealed class Replies(NodeContext context, CounterSet counters)
{
    /// <summary>Room for any reply without values or fields: envelope, both node lists and a token are less than 800 bytes.</summary>
    private const int SmallBytes = 1024;

    /// <summary>Room for a fragment: its envelope is less than 64 bytes (section 1.6).</summary>
    private const int FragmentBytes = WireLimits.FragmentBytes + 64;

    private readonly Sender _self = context.Self;

    /// <summary>Reply to ping and update.</summary>
    public void Pong(uint t, in Arrival at)
    {
        Span<byte> to = Rent(SmallBytes, at.Sink);
        if (!to.IsEmpty) Send(ReplyWriter.Pong(to, _self, t, at.From.Remote), at.From, at.Sink);
    }

    /// <summary>Reply to find and get.</summary>
    /// <returns>False when the sink is full.</returns>
    public bool Found(uint t, in NodeLists nodes, ReadOnlySpan<byte> values, ReadOnlySpan<byte> fields, in Arrival at)
    {
        Span<byte> to = Rent(SmallBytes + values.Length + fields.Length, at.Sink);
        if (to.IsEmpty) return false;
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(at.From.Remote, token);
        Send(ReplyWriter.Found(to, _self, t, at.From.Remote, nodes.V4, nodes.V6, token, values, fields), at.From, at.Sink);
        return true;
    }

    /// <summary>Reply to put and refresh: <c>{id, vid, sa}</c>.</summary>
    /// <returns>False when the sink is full: nothing was counted, the caller may try again.</returns>
    public bool TryStored(in Acknowledgement what, IDatagramSink sink)
    {
        Span<byte> to = sink.Rent(SmallBytes);
        if (to.IsEmpty) return false;
        Send(ReplyWriter.Stored(to, _self, what.Transaction, what.To.Remote, what.ValueId), what.To, sink);
        return true;
    }

    /// <summary>Reply to listen, with a fresh token.</summary>
    public void Listening(uint t, in Arrival at)
    {
        Span<byte> to = Rent(SmallBytes, at.Sink);
        if (to.IsEmpty) return;
        Span<byte> token = stackalloc byte[WireLimits.TokenBytes];
        context.Tokens.Write(at.From.Remote, token);
        Send(ReplyWriter.Listening(to, _self, t, at.From.Remote, token), at.From, at.Sink);
    }

    /// <summary>203: the key is missing, or a value id is 0.</summary>
    public void NoKey(uint t, ReadOnlySpan<byte> text, in Arrival at) => Error(Counter.ErrorNoKey, 203, t, text, at);

    /// <summary>401: the token is not one of ours for this address.</summary>
    public void WrongToken(uint t, in Arrival at) => Error(Counter.ErrorToken, 401, t, "token is not valid here"u8, at);

    /// <summary>404: nothing is stored under the key of a refresh.</summary>
    public void NotFound(uint t, in Arrival at) => Error(Counter.ErrorNotFound, 404, t, "nothing stored under this key"u8, at);

    /// <summary>The fragments of values that are given back to back: in order, ascending offsets, right behind their header (section 1.6).</summary>
    public void Fragments(uint t, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes, in Arrival at)
    {
        for (int index = 0; index < sizes.Length; index++)
        {
            ReadOnlySpan<byte> value = packed[..sizes[index]];
            packed = packed[value.Length..];
            for (int offset = 0; offset < value.Length; offset += WireLimits.FragmentBytes)
            {
                Span<byte> to = Rent(FragmentBytes, at.Sink);
                if (to.IsEmpty) return;
                ReadOnlySpan<byte> data = value.Slice(offset, Math.Min(WireLimits.FragmentBytes, value.Length - offset));
                Send(FragmentWriter.Write(to, _self, t, index, offset, data), at.From, at.Sink);
            }
        }
    }

    /// <summary>Charges what an answer costs beyond its datagram.</summary>
    /// <returns>False when the budget is used up: the answer is not sent.</returns>
    public bool ChargeCost(int charges, in Arrival at)
    {
        for (; charges > 0; charges--)
        {
            if (context.Gate.Charge(at.From.Remote, at.Now.Ms) == GateVerdict.Pass) continue;
            counters.Add(Counter.DropReplyCostly);
            return false;
        }

        return true;
    }

    private void Error(Counter counter, int code, uint t, ReadOnlySpan<byte> text, in Arrival at)
    {
        counters.Add(counter);
        Span<byte> to = Rent(SmallBytes, at.Sink);
        if (!to.IsEmpty) Send(ReplyWriter.Error(to, _self, t, code, text), at.From, at.Sink);
    }

    private Span<byte> Rent(int bytes, IDatagramSink sink)
    {
        Span<byte> room = sink.Rent(bytes);
        if (room.IsEmpty) counters.Add(Counter.DropSinkFull);
        return room;
    }

    private static void Send(int bytes, in Route to, IDatagramSink sink) => sink.Send(to, bytes);
}
