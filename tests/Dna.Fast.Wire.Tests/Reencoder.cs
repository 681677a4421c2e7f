namespace Dna.Fast.Wire.Tests;

/// <summary>
/// Decodes a datagram and writes it again with the production writers: values, queries and fields too are taken apart and put together.
/// </summary>
internal static class Reencoder
{
    public static byte[] Encode(byte[] datagram)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
        byte[] room = new byte[datagram.Length + 64];
        var self = new Sender(message.Id, message.Network, message.IsClient) { Agent = message.Agent };
        int length = message.Kind switch
        {
            MessageKind.Reply => Reply(room, self, message),
            MessageKind.Error => ReplyWriter.Error(room, self, message.Transaction, message.ErrorCode, message.ErrorText),
            MessageKind.LegacyUpdate =>
                ReplyWriter.LegacyIds(room, self, message.Transaction, message.RefreshedCount > 0, Ids(message), message.Token),
            MessageKind.Fragment => Fragment(room, self, message),
            _ => Query(room, self, message),
        };
        return room[..length];
    }

    private static int Query(byte[] room, in Sender self, in Message m) => m.Kind switch
    {
        MessageKind.Ping => QueryWriter.Ping(room, self, m.Transaction),
        MessageKind.Find => QueryWriter.Find(room, self, m.Transaction, m.Target, m.Want),
        MessageKind.Get => QueryWriter.Get(room, self, m.Transaction, m.Target, QueryMap(m.Query), m.Want),
        MessageKind.Put => QueryWriter.Put(room, self, m.Transaction, m.Target, Values(m), m.HasCreated ? m.Created : -1, m.Token),
        MessageKind.Refresh => QueryWriter.Refresh(room, self, m.Transaction, m.Target, m.ValueId, m.Token),
        MessageKind.Listen => QueryWriter.Listen(room, self, m.Transaction, m.Target, m.Token, m.SocketId, QueryMap(m.Query)),
        _ when m.HasValues => QueryWriter.UpdateValues(room, self, m.Transaction, m.Target, m.SocketId, Values(m), m.Token),
        _ when m.RefreshedCount > 0 => QueryWriter.UpdateRefreshed(room, self, m.Transaction, m.SocketId, Ids(m), m.Token),
        _ => QueryWriter.UpdateExpired(room, self, m.Transaction, m.SocketId, Ids(m), m.Token),
    };

    private static int Reply(byte[] room, in Sender self, in Message m)
    {
        NodeAddress requester = NodeAddress.From(m.ReportedAddress, 1);
        if (m.ValueId != 0) return ReplyWriter.Stored(room, self, m.Transaction, requester, m.ValueId);
        if (m.Token.IsEmpty) return ReplyWriter.Pong(room, self, m.Transaction, requester);
        bool listening = m.Nodes4.IsEmpty && m.Nodes6.IsEmpty && !m.HasValues && m.Fields.IsEmpty;
        if (listening) return ReplyWriter.Listening(room, self, m.Transaction, requester, m.Token);
        return ReplyWriter.Found(room, self, m.Transaction, requester, m.Nodes4, m.Nodes6, m.Token, Values(m), FieldsMap(m.Fields));
    }

    private static int Fragment(byte[] room, in Sender self, in Message m)
    {
        var list = new FragmentEnumerator(m.Fragments);
        Assert.True(list.MoveNext());
        return FragmentWriter.Write(room, self, m.Transaction, list.Index, list.Offset, list.Data);
    }

    private static byte[] Values(in Message m)
    {
        if (!m.HasValues) return [];
        byte[] room = new byte[m.Values.Length + 8];
        List<int> sizes = [];
        List<byte> packed = [];
        var list = new ValueEnumerator(m.Values, m.ValueCount);
        while (list.MoveNext())
        {
            if (list.IsSize) sizes.Add((int)list.Size);
            else packed.AddRange(Repack(list.Packed));
        }

        Assert.True(sizes.Count == 0 || packed.Count == 0);
        int length = sizes.Count > 0 ? ValueListWriter.Sizes(room, [.. sizes]) : ValueListWriter.Inline(room, [.. packed], m.ValueCount);
        return room[..length];
    }

    public static byte[] Repack(ReadOnlySpan<byte> packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        byte[] room = new byte[ValueWriter.BytesMax(value)];
        return room[..ValueWriter.Write(room, value)];
    }

    private static ulong[] Ids(in Message m)
    {
        List<ulong> ids = [];
        bool refreshed = m.RefreshedCount > 0;
        var list = new ValueIdEnumerator(refreshed ? m.Refreshed : m.Expired, refreshed ? m.RefreshedCount : m.ExpiredCount);
        while (list.MoveNext()) ids.Add(list.Current);
        return [.. ids];
    }

    private static byte[] QueryMap(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty) return [];
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(raw, out QueryView query));
        byte[] room = new byte[raw.Length + 8];
        bool onlyId = query.SelectsAll && query.TryGetId(out _) && query.FilterCount == 1;
        if (onlyId && query.TryGetId(out ulong id)) return room[..QueryMapWriter.WhereId(room, id)];
        return room[..QueryMapWriter.Select(room, Selection(raw), ValueFilter.Pack(Filters(query)))];
    }

    /// <summary>The selected fields in the order they came, which a <see cref="QueryView"/> does not keep.</summary>
    private static ValueField[] Selection(ReadOnlySpan<byte> raw)
    {
        var reader = new MsgpackReader(raw);
        Assert.True(reader.TryReadMapHeader(out _) && reader.TryReadWord(out ulong key) && key == WireKeys.S);
        Assert.True(reader.TryReadArrayHeader(out int count));
        var fields = new ValueField[count];
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadUInt64(out ulong number));
            fields[i] = (ValueField)number;
        }

        return fields;
    }

    private static List<ValueFilter> Filters(in QueryView query)
    {
        List<ValueFilter> filters = [];
        var reader = new MsgpackReader(query.Filters);
        for (int i = 0; i < query.FilterCount; i++)
        {
            Assert.True(FilterView.TryRead(ref reader, out FilterView filter));
            filters.Add(new ValueFilter(filter.Field, filter.Number, filter.Bytes.ToArray()));
        }

        return filters;
    }

    private static byte[] FieldsMap(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty) return [];
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(raw, out FieldsView fields));
        var reader = new MsgpackReader(raw);
        Assert.True(reader.TryReadMapHeader(out _) && reader.TryReadWord(out _));
        Assert.True(reader.TryReadArrayHeader(out int count));
        var selected = new ValueField[count];
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadUInt64(out ulong number));
            selected[i] = (ValueField)number;
        }

        byte[] map = new byte[64], rows = new byte[raw.Length + 64], room = new byte[raw.Length + 64];
        int length = QueryMapWriter.Select(map, selected, []);
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(map.AsSpan(0, length), out QueryView query));
        int used = 0;
        while (fields.MoveNext(out ValueView row)) used += FieldsWriter.WriteRow(rows.AsSpan(used), query, row);
        return room[..FieldsWriter.WriteMap(room, query, rows.AsSpan(0, used), fields.Count)];
    }
}
