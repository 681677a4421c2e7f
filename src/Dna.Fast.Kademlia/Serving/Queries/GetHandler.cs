using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>get</c> (section 2.4): node lists, a token, and whole values or the selected fields of those that pass the filters.</summary>
/// <remarks>One worker's thread. Allocates nothing once its memory has grown to the largest reply.</remarks>
internal sealed class GetHandler(NodeContext context, CounterSet counters, Replies replies)
{
    /// <summary>Array and map headers around <c>fileds</c> rows, its five field numbers included.</summary>
    private const int FieldsEnvelopeBytes = 64;

    private readonly ValueCollector _values = new();
    private readonly FieldsCollector _fields = new();
    private readonly byte[] _nodes = new byte[NodeLists.BytesMax];
    private readonly byte[] _list = new byte[ServingLimits.FieldBytesMax + FieldsEnvelopeBytes];

    public void Handle(in Message query, in Arrival at)
    {
        if (query.Target.IsZero)
        {
            replies.NoKey(query.Transaction, "get without a key"u8, at);
            return;
        }

        if (!QueryFilter.TryRead(query.Query, out QueryView wanted))
        {
            counters.Add(Counter.DropMalformed);
            return;
        }

        NodeLists nodes = NodeLists.Write(context, query.Target, query.Want, at, _nodes);
        if (wanted.SelectsAll) AnswerValues(query, wanted, nodes, at);
        else AnswerFields(query, wanted, nodes, at);
    }

    private void AnswerValues(in Message query, in QueryView wanted, in NodeLists nodes, in Arrival at)
    {
        _values.Begin(query.Query);
        if (wanted.TryGetId(out ulong id)) context.Store.ReadOne(query.Target, id, at.Now.UnixMs, _values);
        else context.Store.Read(query.Target, at.Now.UnixMs, _values);
        if (_values.IsCut) counters.Add(Counter.GetsCut);

        int bytes = _values.Packed.Length;
        if (_values.Count == 0)
        {
            if (IsPaid(0, _values.Visited, at)) replies.Found(query.Transaction, nodes, [], [], at);
        }
        else if (ValueListWriter.FitsInline(_values.Count, bytes))
        {
            int written = ValueListWriter.Inline(_list, _values.Packed, _values.Count);
            if (IsPaid(0, _values.Visited, at)) replies.Found(query.Transaction, nodes, _list.AsSpan(0, written), [], at);
        }
        else if (context.Gate.IsSoft)
        {
            // The one who asks finds the values at the other nodes this answer names.
            counters.Add(Counter.GetsSoft);
            if (IsPaid(0, _values.Visited, at)) replies.Found(query.Transaction, nodes, [], [], at);
        }
        else
        {
            int written = ValueListWriter.Sizes(_list, _values.Sizes);
            if (!IsPaid(bytes, _values.Visited, at)) return;
            if (!replies.Found(query.Transaction, nodes, _list.AsSpan(0, written), [], at)) return;
            replies.Fragments(query.Transaction, _values.Packed, _values.Sizes, at);
        }
    }

    private void AnswerFields(in Message query, in QueryView wanted, in NodeLists nodes, in Arrival at)
    {
        _fields.Begin(query.Query, wanted);
        if (wanted.TryGetId(out ulong id)) context.Store.ReadOne(query.Target, id, at.Now.UnixMs, _fields);
        else context.Store.Read(query.Target, at.Now.UnixMs, _fields);
        if (_fields.IsCut) counters.Add(Counter.GetsCut);
        int written = _fields.Count == 0 ? 0 : FieldsWriter.WriteMap(_list, wanted, _fields.Rows, _fields.Count);
        if (IsPaid(written, _fields.Visited, at)) replies.Found(query.Transaction, nodes, [], _list.AsSpan(0, written), at);
    }

    private bool IsPaid(int bytes, int visited, in Arrival at) =>
        replies.ChargeCost(bytes / ServingLimits.BytesPerCharge + visited / ServingLimits.ReadsPerCharge, at);
}
