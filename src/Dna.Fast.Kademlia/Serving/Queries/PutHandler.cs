using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>put</c> (section 2.5): one acknowledgement for each value that can be read, the checks in the order of the specification.</summary>
/// <remarks>One worker's thread; a small unsigned value allocates nothing here.</remarks>
internal sealed class PutHandler(NodeContext context, CounterSet counters, Replies replies, SlotWriter writer, PendingPuts pending)
{
    /// <summary>Room <see cref="StorePolicy.Check"/> asks for at least.</summary>
    private const int PackedBytesMin = 128;

    private byte[] _packed = new byte[WireLimits.ValueBytesMax + 1024];

    /// <summary>The checks that need no value: key and token. Answers with an error when one fails.</summary>
    /// <remarks>Also asked of a header whose values come in fragments, so that strangers cannot make us hold memory without a token.</remarks>
    public bool Admits(in Message query, in Arrival at)
    {
        if (query.Target.IsZero)
        {
            replies.NoKey(query.Transaction, "put without a key"u8, at);
            return false;
        }

        if (context.Tokens.Check(at.From.Remote, query.Token)) return true;
        replies.WrongToken(query.Transaction, at);
        return false;
    }

    /// <summary>A put whose values are inline.</summary>
    public void Handle(in Message query, in Arrival at)
    {
        if (!Admits(query, at)) return;
        bool tooFar = context.Table(at.From.Remote.Family).IsTooFar(query.Target, at.Now.Ms);
        var values = new ValueEnumerator(query.Values, query.ValueCount);
        for (bool isFirst = true; values.MoveNext(); isFirst = false)
        {
            if (values.IsSize) continue;
            if (!Take(query, values.Packed, isFirst, tooFar, at)) return;
        }
    }

    /// <summary>A put whose values came in fragments.</summary>
    /// <param name="header">The header datagram, decoded.</param>
    public void HandleAssembled(in Message header, IReadOnlyList<ReadOnlyMemory<byte>> values, in Arrival at)
    {
        if (!Admits(header, at)) return;
        bool tooFar = context.Table(at.From.Remote.Family).IsTooFar(header.Target, at.Now.Ms);
        for (int i = 0; i < values.Count; i++)
        {
            if (!Take(header, values[i].Span, isFirst: i == 0, tooFar, at)) return;
        }
    }

    /// <returns>False when the rest of the list is not to be looked at.</returns>
    private bool Take(in Message query, ReadOnlySpan<byte> packed, bool isFirst, bool tooFar, in Arrival at)
    {
        // Each further value is a put of its own to the budgets: a datagram may hold thousands.
        if (!isFirst && context.Gate.Charge(at.From.Remote, at.Now.Ms) != GateVerdict.Pass)
        {
            counters.Add(Counter.DropReplyCostly);
            return false;
        }

        if (packed.Length > WireLimits.ValueBytesMax || ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok)
        {
            counters.Add(Counter.PutValueMalformed);
            return true;
        }

        if (value.Id == 0)
        {
            replies.NoKey(query.Transaction, "value id 0"u8, at);
            return false;
        }

        var owed = new Acknowledgement(at.From, query.Transaction, value.Id);
        if (tooFar) writer.Refuse(Counter.PutRefusedTooFar, owed, at.Sink);
        else Check(query, value, owed, at);
        return true;
    }

    private void Check(in Message query, in ValueView value, in Acknowledgement owed, in Arrival at)
    {
        StoreRight right = context.Gate.Storing.RightOf(query.Target, at.From.Remote, value);
        if (right == StoreRight.None)
        {
            writer.Refuse(Counter.PutRefusedNotAllowed, owed, at.Sink);
            return;
        }

        int room = Math.Max(ValueWriter.BytesMax(value), PackedBytesMin);
        if (room > _packed.Length) _packed = new byte[room];
        StoreVerdict verdict = StorePolicy.Check(
            query.Target, at.From.Remote, value, CreatedUnixMs(query), at.Now.UnixMs, _packed, out int bytes, out SlotInfo slot);
        switch (verdict)
        {
            case StoreVerdict.Store when right == StoreRight.Verified:
                goto case StoreVerdict.Verify;
            case StoreVerdict.Store:
                if (!writer.Put(query.Target, slot, _packed.AsSpan(0, bytes), isVerified: false, owed, at.Now, at.Sink)) goto case StoreVerdict.Verify;
                break;
            case StoreVerdict.Verify:
                pending.Add(query.Target, slot, _packed, bytes, owed, at.Now, at.Sink);
                break;
            default:
                writer.Refuse(StorePolicy.CounterOf(verdict), owed, at.Sink);
                break;
        }
    }

    /// <summary><c>c</c> in milliseconds; numbers out of the range of dates are the end of that range.</summary>
    private static long CreatedUnixMs(in Message query) =>
        query.HasCreated ? Math.Clamp(query.Created, 0, long.MaxValue / 1000 - 1) * 1000 : StorePolicy.CreatedNow;
}
