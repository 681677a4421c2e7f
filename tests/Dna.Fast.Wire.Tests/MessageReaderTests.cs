namespace Dna.Fast.Wire.Tests;

public sealed class MessageReaderTests
{
    private static readonly InfoHash Id = InfoHash.Of("sender"u8), Key = InfoHash.Of("key"u8);
    private static readonly byte[] Body = Mp.Map(("id", Mp.Bin(Id)));

    [Fact]
    public void Keys_come_in_any_order_and_unknown_ones_are_skipped()
    {
        byte[] datagram = Mp.Map(
            ("zz", Mp.Nest(5)), ("v", Mp.Str("X")), ("y", Mp.Str("q")), ("t", Mp.UInt(7)), (5, Mp.Str("no name")),
            ("q", Mp.Str("get")), ("longer-than-any", [0xc0]),
            ("a", Mp.Map(("h", Mp.Bin(Key)), ("x", Mp.UInt(1)), (Mp.Nest(2), Mp.UInt(1)), ("id", Mp.Bin(Id)))));
        Message message = Read(datagram);
        Assert.Equal(MessageKind.Get, message.Kind);
        Assert.Equal(7u, message.Transaction);
        Assert.Equal(Id, message.Id);
        Assert.Equal(Key, message.Target);
        Assert.Equal("X"u8, message.Agent);
    }

    [Fact]
    public void Any_width_of_a_number_is_read()
    {
        foreach (int width in (int[])[1, 2, 4, 8])
        {
            byte[] body = Mp.Map(
                ("id", Mp.Bin(Id)), ("sid", Mp.UInt(102, width)), ("ve", Mp.UInt(1, width)), ("c", Mp.Int(-3, width)),
                ("vid", Mp.UInt(103, width)));
            Message message = Read(Mp.Map(
                ("t", Mp.UInt(100, width)), ("n", Mp.Int(101, width)), ("q", Mp.Str("listen")), ("a", body)));
            Assert.Equal((100u, 101u, 102u, 1u), (message.Transaction, message.Network, message.SocketId, message.ListenVersion));
            Assert.Equal((-3L, 103UL), (message.Created, message.ValueId));
        }
    }

    [Fact]
    public void Blobs_of_any_width_are_read_and_wide_strings_are_keys_too()
    {
        byte[] id = new byte[20];
        Id.CopyTo(id);
        byte[] wideKey = [0xd9, 2, (byte)'i', (byte)'d'], widestKey = [0xdb, 0, 0, 0, 1, (byte)'a'];
        foreach (int width in (int[])[1, 2, 4])
        {
            Message message = Read(Mp.Map((widestKey, Mp.Map((wideKey, Mp.Bin(id, width)))), ("q", Mp.Str("ping")), ("t", Mp.UInt(1))));
            Assert.Equal(Id, message.Id);
        }
    }

    [Fact]
    public void The_last_of_equal_keys_counts()
    {
        byte[] other = Mp.Map(("id", Mp.Bin(Key)), ("sid", Mp.UInt(5)), ("w", Mp.Array(Mp.UInt(2))));
        Message message = Read(Mp.Map(
            ("t", Mp.UInt(1)), ("a", other), ("a", Body), ("t", Mp.UInt(2)), ("q", Mp.Str("find")), ("q", Mp.Str("ping"))));
        Assert.Equal((2u, MessageKind.Ping, Id, 0u), (message.Transaction, message.Kind, message.Id, message.SocketId));
        Assert.Equal(Want.Unsaid, message.Want);
    }

    [Fact]
    public void The_kind_is_decided_by_e_r_p_u_q_in_this_order()
    {
        (string Key, byte[] Value)[] parts =
        [
            ("e", Mp.Array(Mp.UInt(401), Mp.Str("no"))), ("r", Body), ("p", Mp.Map()), ("u", Body), ("q", Mp.Str("ping")),
            ("a", Body), ("t", Mp.UInt(1)),
        ];
        MessageKind[] kinds = [MessageKind.Error, MessageKind.Reply, MessageKind.Fragment, MessageKind.LegacyUpdate, MessageKind.Ping];
        for (int first = 0; first < kinds.Length; first++)
        {
            Assert.Equal(kinds[first], Read(Mp.Map([.. parts[first..].Select(part => ((object)part.Key, part.Value))])).Kind);
            Assert.Equal(kinds[first], Read(Mp.Map([.. parts[first..].Reverse().Select(part => ((object)part.Key, part.Value))])).Kind);
        }
    }

    [Fact]
    public void The_body_is_a_else_r_else_u_in_any_order()
    {
        byte[] other = Mp.Map(("id", Mp.Bin(Key)), ("vid", Mp.UInt(9)));
        (object, byte[])[] pairs = [("u", other), ("r", other), ("a", Body), ("t", Mp.UInt(1))];
        Assert.Equal(Id, Read(Mp.Map(pairs)).Id);
        Assert.Equal(0UL, Read(Mp.Map(pairs)).ValueId);
        Assert.Equal(Id, Read(Mp.Map([.. pairs.Reverse()])).Id);
        Assert.Equal(0UL, Read(Mp.Map([.. pairs.Reverse()])).ValueId);
        Assert.Equal(Id, Read(Mp.Map(("u", other), ("r", Body), ("t", Mp.UInt(1)))).Id);
    }

    [Fact]
    public void A_query_needs_a_known_name_and_if_it_has_y_then_q()
    {
        Assert.Equal(MessageKind.Ping, Read(Mp.Map(("a", Body), ("q", Mp.Str("ping")), ("t", Mp.UInt(1)))).Kind);
        AssertStatus(DecodeStatus.UnknownQuery, Mp.Map(("a", Body), ("q", Mp.Str("pang")), ("t", Mp.UInt(1))));
        AssertStatus(DecodeStatus.UnknownQuery, Mp.Map(("a", Body), ("t", Mp.UInt(1))));
        AssertStatus(DecodeStatus.UnknownQuery, Mp.Map(("a", Body), ("q", Mp.Str("ping")), ("t", Mp.UInt(1)), ("y", Mp.Str("r"))));
        AssertStatus(DecodeStatus.Malformed, Mp.Map(("a", Body), ("q", Mp.UInt(1)), ("t", Mp.UInt(1))));
    }

    [Fact]
    public void A_transaction_is_32_bits_or_4_bytes()
    {
        Assert.Equal(0x01020304u, Read(Ping(Mp.Bin([1, 2, 3, 4]))).Transaction);
        Assert.Equal(uint.MaxValue, Read(Ping(Mp.UInt(uint.MaxValue, 8))).Transaction);
        AssertStatus(DecodeStatus.OutOfRange, Ping(Mp.UInt(1UL << 32)));
        AssertStatus(DecodeStatus.OutOfRange, Ping(Mp.Int(-1, 1)));
        AssertStatus(DecodeStatus.OutOfRange, Ping(Mp.Bin([1, 2, 3])));
        AssertStatus(DecodeStatus.Malformed, Ping(Mp.Str("abcd")));
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("a", Body), ("q", Mp.Str("ping"))));
    }

    [Fact]
    public void A_sender_needs_an_id_of_20_bytes_that_is_not_zero()
    {
        byte[][] bodies =
        [
            Mp.Map(), Mp.Map(("id", Mp.Bin(InfoHash.Zero))), Mp.Map(("id", Mp.Bin(new byte[19]))), Mp.Map(("id", Mp.Bin(new byte[21]))),
            Mp.Map(("id", Mp.Str("01234567890123456789"))), Mp.Map(("id", Mp.UInt(1))),
        ];
        foreach (byte[] body in bodies)
        {
            AssertStatus(DecodeStatus.BadId, Mp.Map(("a", body), ("q", Mp.Str("ping")), ("t", Mp.UInt(1))));
            AssertStatus(DecodeStatus.BadId, Mp.Map(("r", body), ("t", Mp.UInt(1))));
        }

        AssertStatus(DecodeStatus.BadId, Mp.Map(("e", Mp.Array(Mp.UInt(401), Mp.Str("no"))), ("t", Mp.UInt(1))));
    }

    [Fact]
    public void A_fragment_has_no_id() => Assert.True(Read(Mp.Map(("p", Mp.Map()), ("a", Body), ("t", Mp.UInt(1)))).Id.IsZero);

    [Fact]
    public void A_node_list_is_a_multiple_of_its_entry()
    {
        Assert.Equal(26, Read(Reply(("n4", Mp.Bin(new byte[26])))).Nodes4.Length);
        Assert.Equal(76, Read(Reply(("n6", Mp.Bin(new byte[76])))).Nodes6.Length);
        AssertStatus(DecodeStatus.BadNodeList, Reply(("n4", Mp.Bin(new byte[27]))));
        AssertStatus(DecodeStatus.BadNodeList, Reply(("n6", Mp.Bin(new byte[26]))));
    }

    [Fact]
    public void A_node_list_is_read_up_to_16_entries()
    {
        int count = 0;
        var nodes = new NodeListEnumerator(Read(Reply(("n4", Mp.Bin(new byte[26 * 40])))).Nodes4, IpFamily.V4);
        while (nodes.MoveNext()) count++;
        Assert.Equal(16, count);
    }

    [Fact]
    public void A_reported_address_of_another_length_is_left_out()
    {
        Assert.Equal(4, Read(Reply(("sa", Mp.Bin(new byte[4])))).ReportedAddress.Length);
        Assert.Equal(16, Read(Reply(("sa", Mp.Bin(new byte[16])))).ReportedAddress.Length);
        Assert.Equal(0, Read(Reply(("sa", Mp.Bin(new byte[5])))).ReportedAddress.Length);
    }

    [Fact]
    public void Wants_are_2_and_10_and_nothing_else()
    {
        Assert.Equal(Want.Unsaid, Read(Find()).Want);
        Assert.Equal(Want.None, Read(Find(("w", Mp.Array()))).Want);
        Assert.Equal(Want.V4, Read(Find(("w", Mp.Array(Mp.UInt(2), Mp.UInt(30))))).Want);
        Assert.Equal(Want.V4 | Want.V6, Read(Find(("w", Mp.Array(Mp.UInt(10), Mp.UInt(2), Mp.UInt(2))))).Want);
    }

    [Fact]
    public void Sizes_and_maps_may_be_mixed_and_anything_else_fails_alone()
    {
        Message message = Read(Find((
            "values", Mp.Array(Mp.UInt(700), Mp.Map(("id", Mp.UInt(1))), Mp.Str("no value"), Mp.UInt(ulong.MaxValue), Mp.Int(-5, 1)))));
        Assert.True(message.HasValues && message.HasSizes);
        Assert.Equal(5, message.ValueCount);
        var values = new ValueEnumerator(message.Values, message.ValueCount);
        Assert.True(values.MoveNext() && values.IsSize && values.Size == 700);
        Assert.True(values.MoveNext() && !values.IsSize && values.Packed.SequenceEqual(Mp.Map(("id", Mp.UInt(1)))));
        Assert.True(values.MoveNext() && !values.IsSize);
        Assert.Equal(DecodeStatus.NotAMap, ValueReader.Read(values.Packed, out _, out _));
        Assert.True(values.MoveNext() && values.IsSize && values.Size > WireLimits.ValueBytesMax);
        Assert.True(values.MoveNext() && values.IsSize && values.Size > WireLimits.ValueBytesMax);
        Assert.False(values.MoveNext());
    }

    [Fact]
    public void An_empty_list_of_values_is_a_list() =>
        Assert.True(Read(Find(("values", Mp.Array()))) is { HasValues: true, ValueCount: 0, HasSizes: false });

    [Fact]
    public void Ids_that_are_no_numbers_are_malformed()
    {
        Message message = Read(Find(("re", Mp.Array(Mp.UInt(ulong.MaxValue), Mp.UInt(0))), ("exp", Mp.Array())));
        Assert.Equal((2, 0), (message.RefreshedCount, message.ExpiredCount));
        AssertStatus(DecodeStatus.Malformed, Find(("re", Mp.Array(Mp.Str("1")))));
        AssertStatus(DecodeStatus.OutOfRange, Find(("exp", Mp.Array(Mp.Int(-1, 1)))));
    }

    [Fact]
    public void An_error_is_a_code_and_a_text()
    {
        (object, byte[]) r = ("r", Body), t = ("t", Mp.UInt(1));
        Message message = Read(Mp.Map(("e", Mp.Array(Mp.UInt(404), Mp.Str("gone"), Mp.Nest(3))), r, t));
        Assert.Equal(404, message.ErrorCode);
        Assert.Equal("gone"u8, message.ErrorText);
        AssertStatus(DecodeStatus.Malformed, Mp.Map(("e", Mp.Array(Mp.UInt(404))), r, t));
        AssertStatus(DecodeStatus.Malformed, Mp.Map(("e", Mp.UInt(404)), r, t));
        AssertStatus(DecodeStatus.OutOfRange, Mp.Map(("e", Mp.Array(Mp.UInt(70_000), Mp.Str(""))), r, t));
    }

    [Fact]
    public void An_agent_of_another_type_does_no_harm() =>
        Assert.True(Read(Mp.Map(("a", Body), ("q", Mp.Str("ping")), ("t", Mp.UInt(1)), ("v", Mp.Nest(2)))).Agent.IsEmpty);

    [Fact]
    public void Bytes_behind_the_map_are_ignored() => Assert.Equal(MessageKind.Ping, Read([.. Ping(Mp.UInt(1)), 0xc1, 0xff]).Kind);

    [Fact]
    public void What_is_no_map_is_refused()
    {
        AssertStatus(DecodeStatus.Truncated, []);
        AssertStatus(DecodeStatus.NotAMap, Mp.Str("q"));
        AssertStatus(DecodeStatus.NotAMap, Mp.Array());
        AssertStatus(DecodeStatus.NotAMap, Mp.Map(("a", Mp.Array())));
        AssertStatus(DecodeStatus.NotAMap, Mp.Map(("p", Mp.Array())));
        AssertStatus(DecodeStatus.NotAMap, Find(("q", Mp.Array())));
        AssertStatus(DecodeStatus.UnknownQuery, Mp.Map());
    }

    [Fact]
    public void Nesting_is_bounded_wherever_it_is()
    {
        // 10 containers in all: the top-level map, the body, and 8 more.
        Assert.Equal(MessageKind.Find, Read(Find(("x", Mp.Nest(8)))).Kind);
        AssertStatus(DecodeStatus.TooDeep, Find(("x", Mp.Nest(9))));
        AssertStatus(DecodeStatus.TooDeep, Find(("values", Mp.Array(Mp.Nest(8)))));
        AssertStatus(DecodeStatus.TooDeep, Mp.Map(("x", Mp.Nest(10))));
        AssertStatus(DecodeStatus.TooDeep, Mp.Map((Mp.Nest(10), Mp.UInt(1))));
        AssertStatus(DecodeStatus.TooDeep, Mp.Map(("x", Mp.Nest(60_000))));
    }

    [Fact]
    public void The_number_of_objects_is_bounded()
    {
        Assert.Equal(4096, Read(Find(("re", Mp.Array([.. Enumerable.Repeat(Mp.UInt(1), 4096)])))).RefreshedCount);
        AssertStatus(DecodeStatus.TooManyItems, Find(("re", Mp.Array([.. Enumerable.Repeat(Mp.UInt(1), WireLimits.ItemsMax)]))));
        byte[] inner = Mp.Array([.. Enumerable.Repeat(Mp.UInt(1), 200)]);
        AssertStatus(DecodeStatus.TooManyItems, Find(("x", Mp.Array([.. Enumerable.Repeat(inner, 100)]))));
    }

    [Fact]
    public void A_promise_of_more_objects_than_bytes_is_truncated()
    {
        AssertStatus(DecodeStatus.Truncated, [0xdf, 0xff, 0xff, 0xff, 0xff]);
        AssertStatus(DecodeStatus.Truncated, Find(("values", [0xdd, 0x7f, 0xff, 0xff, 0xff])));
        AssertStatus(DecodeStatus.Truncated, Find(("token", [0xc6, 0xff, 0xff, 0xff, 0xff])));
    }

    private static byte[] Ping(byte[] transaction) => Mp.Map(("a", Body), ("q", Mp.Str("ping")), ("t", transaction));

    private static byte[] Find(params (object, byte[])[] pairs) =>
        Mp.Map(("a", Mp.Map([("id", Mp.Bin(Id)), .. pairs])), ("q", Mp.Str("find")), ("t", Mp.UInt(1)));

    private static byte[] Reply(params (object, byte[])[] pairs) =>
        Mp.Map(("r", Mp.Map([("id", Mp.Bin(Id)), .. pairs])), ("t", Mp.UInt(1)));

    private static Message Read(byte[] datagram)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
        return message;
    }

    private static void AssertStatus(DecodeStatus expected, byte[] datagram) => Assert.Equal(expected, MessageReader.Read(datagram, out _));
}
