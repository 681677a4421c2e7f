using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class FindAndGetTests
{
    private readonly ServingBench _bench = new();

    [Fact]
    public void Find_carries_a_token_and_the_good_nodes_of_the_family_it_came_over()
    {
        AddContacts();
        Message reply = ServingBench.Read(Assert.Single(_bench.Send(to => QueryWriter.Find(to, ServingBench.Stranger, 5, ServingBench.Key, Want.Unsaid))));
        Assert.Equal(_bench.Token(), reply.Token.ToArray());
        Assert.Equal(WireLimits.Node4Bytes, reply.Nodes4.Length);
        Assert.True(reply.Nodes6.IsEmpty);
    }

    [Theory]
    [InlineData(Want.V4, 26, 0)]
    [InlineData(Want.V6, 0, 38)]
    [InlineData(Want.V4 | Want.V6, 26, 38)]
    [InlineData(Want.None, 0, 0)]
    public void Want_chooses_the_lists(Want want, int bytes4, int bytes6)
    {
        AddContacts();
        Message reply = ServingBench.Read(Assert.Single(_bench.Send(to => QueryWriter.Find(to, ServingBench.Stranger, 5, ServingBench.Key, want))));
        Assert.Equal((bytes4, bytes6), (reply.Nodes4.Length, reply.Nodes6.Length));
        reply = ServingBench.Read(Assert.Single(_bench.Get(want: want)));
        Assert.Equal((bytes4, bytes6), (reply.Nodes4.Length, reply.Nodes6.Length));
    }

    [Fact]
    public void Get_of_nothing_has_a_token_and_neither_values_nor_fields()
    {
        Message reply = ServingBench.Read(Assert.Single(_bench.Get()));
        Assert.Equal(_bench.Token(), reply.Token.ToArray());
        Assert.False(reply.HasValues);
        Assert.True(reply.Fields.IsEmpty);
        reply = ServingBench.Read(Assert.Single(_bench.Get(ServingBench.Select([ValueField.Id]))));
        Assert.True(reply.Fields.IsEmpty);
        Assert.Equal(32, reply.Token.Length);
    }

    [Fact]
    public void Get_without_a_key_is_error_203() => ServingBench.AssertError(203, _bench.Get(key: InfoHash.Zero));

    [Fact]
    public void Stock_get_in_two_steps_reads_a_value()
    {
        _bench.Put(ServingBench.Text(77, "hello"));
        Message ids = ServingBench.Read(Assert.Single(_bench.Get(ServingBench.Select([ValueField.Id]))));
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(ids.Fields, out FieldsView fields));
        Assert.True(fields.MoveNext(out ValueView row));
        Assert.Equal(77ul, row.Id);
        Assert.False(fields.MoveNext(out _));
        List<byte[]> values = _bench.Values(_bench.Get(ServingBench.WhereId(77)));
        Assert.Equal(ServingBench.Text(77, "hello"), Assert.Single(values));
        Assert.Empty(_bench.Values(_bench.Get(ServingBench.WhereId(78))));
    }

    [Fact]
    public void Selection_and_filter_together_answer_the_fields_of_what_passes()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        _bench.Put(ServingBench.Text(2, "b", type: 99));
        _bench.Put(ServingBench.Text(3, "c", userType: "other"));
        byte[] query = ServingBench.Select(
            [ValueField.Id, ValueField.Type, ValueField.UserType, ValueField.Seq], ValueFilter.Pack([new ValueFilter(ValueField.Type, 0, null)]));
        Message reply = ServingBench.Read(Assert.Single(_bench.Get(query)));
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(reply.Fields, out FieldsView fields));
        Assert.Equal(2, fields.Count);
        fields.MoveNext(out ValueView first);
        Assert.Equal((1ul, "text/plain"), (first.Id, System.Text.Encoding.UTF8.GetString(first.UserType)));
        fields.MoveNext(out ValueView second);
        Assert.Equal((3ul, "other"), (second.Id, System.Text.Encoding.UTF8.GetString(second.UserType)));
    }

    [Fact]
    public void Filters_choose_whole_values()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        _bench.Put(ServingBench.Text(2, "b", type: 99));
        _bench.Put(ServingBench.Text(3, "c", userType: "other"));
        byte[] plain = ValueFilter.Pack([new ValueFilter(ValueField.UserType, 0, "text/plain"u8.ToArray())]);
        Assert.Equal(["a", "b"], _bench.Values(_bench.Get(plain)).Select(ServingBench.TextOf));
        byte[] ofType = ValueFilter.Pack([new ValueFilter(ValueField.Type, 99, null)]);
        Assert.Equal(["b"], _bench.Values(_bench.Get(ofType)).Select(ServingBench.TextOf));
    }

    [Fact]
    public void Oversized_query_is_dropped()
    {
        byte[] huge = ValueFilter.Pack([new ValueFilter(ValueField.UserType, 0, new byte[ServingLimits.QueryBytesMax])]);
        Assert.Empty(_bench.Get(huge));
        Assert.Equal(1, _bench.Counters[Counter.DropMalformed]);
    }

    [Fact]
    public void Sixty_values_come_as_sizes_and_fragments_in_order()
    {
        for (ulong id = 1; id <= 60; id++) _bench.Put(ServingBench.Text(id, $"value {id}"));
        List<byte[]> reply = _bench.Get();
        Assert.Equal(61, reply.Count);
        Assert.Equal(Enumerable.Range(1, 60).Select(i => $"value {i}"), _bench.Values(reply).Select(ServingBench.TextOf));
    }

    [Fact]
    public void Forty_nine_small_values_are_inline_and_600_bytes_are_not()
    {
        using var bench = new ServingBench();
        byte[] value = ServingBench.Text(1, "");
        int count = 599 / value.Length;
        for (ulong id = 1; id <= (ulong)count; id++) bench.Put(ServingBench.Text(id, ""));
        Assert.Single(bench.Get());
        bench.Put(ServingBench.Text(1000, ""));
        Assert.True(bench.Get().Count > 1);
    }

    [Fact]
    public void Value_of_50000_bytes_is_read_back_from_ascending_fragments()
    {
        string text = new('x', 50_000);
        foreach (byte[] datagram in _bench.BigPut(9, ServingBench.Text(5, text))) _bench.Send(datagram);
        List<byte[]> reply = _bench.Get(ServingBench.WhereId(5));
        Assert.Equal(1 + 40, reply.Count);
        long last = -1;
        foreach (byte[] datagram in reply.Skip(1))
        {
            var parts = new FragmentEnumerator(ServingBench.Read(datagram).Fragments);
            Assert.True(parts.MoveNext());
            Assert.Equal(last + 1, parts.Offset);
            Assert.InRange(parts.Data.Length, 1, WireLimits.FragmentBytes);
            last += parts.Data.Length;
        }

        Assert.Equal(text, Assert.Single(_bench.Values(reply).Select(ServingBench.TextOf)));
    }

    [Fact]
    public void Reply_is_cut_at_its_bound_of_bytes_and_counted()
    {
        using var bench = new ServingBench(limits: RateLimits.Off);
        string text = new('x', 60_000);
        for (ulong id = 1; id <= 20; id++)
        {
            foreach (byte[] datagram in bench.BigPut((uint)id, ServingBench.Text(id, text))) bench.Send(datagram);
        }

        Assert.Equal(ServingLimits.BytesPerReplyMax / 60_064, bench.Values(bench.Get()).Count);
        Assert.Equal(1, bench.Counters[Counter.GetsCut]);
        Message ids = ServingBench.Read(Assert.Single(bench.Get(ServingBench.Select([ValueField.Id]))));
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(ids.Fields, out FieldsView fields));
        Assert.Equal(20, fields.Count);
    }

    [Fact]
    public void Very_many_ids_fit_one_datagram_that_our_own_reader_takes()
    {
        using var bench = new ServingBench(limits: RateLimits.Off);
        for (ulong id = 1; id <= 7000; id++) bench.Put(ServingBench.Text(ulong.MaxValue - id, ""));
        byte[] datagram = Assert.Single(bench.Get(ServingBench.Select([ValueField.Id])));
        Assert.InRange(datagram.Length, 50_000, WireLimits.DatagramBytesMax);
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(ServingBench.Read(datagram).Fields, out FieldsView fields));
        Assert.Equal(ServingLimits.FieldBytesMax / 9, fields.Count);
        Assert.Equal(1, bench.Counters[Counter.GetsCut]);

        // Small elements meet the bound of objects before that of bytes.
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(ServingBench.Read(Assert.Single(bench.Get(ServingBench.Select([ValueField.Type, ValueField.Seq])))).Fields, out fields));
        Assert.Equal(7000, fields.Count);
        Assert.Equal(ServingLimits.ValuesPerReplyMax, bench.Values(bench.Get()).Count);
    }

    [Fact]
    public void Big_replies_are_charged_by_their_size()
    {
        using var bench = new ServingBench(limits: new RateLimits(0, 40));
        foreach (byte[] datagram in bench.BigPut(1, ServingBench.Text(1, new string('x', 64_000)))) bench.Send(datagram);
        int answered = 0;
        for (int i = 0; i < 30; i++) answered += bench.Get().Count > 0 ? 1 : 0;
        Assert.InRange(answered, 5, 10);
        Assert.True(bench.Counters[Counter.DropReplyCostly] > 0);
    }

    [Fact]
    public void Who_asks_from_the_public_internet_is_told_public_nodes_and_nodes_of_our_own_machine()
    {
        (string Name, NodeAddress Address)[] known = [("public", NodeAddress.V4(0x01000001, 4001)), ("private", NodeAddress.V4(0x0A000001, 4001)), ("here", NodeAddress.V4(0x7F000001, 4001))];
        foreach ((string name, NodeAddress address) in known)
        {
            var contact = new Contact(InfoHash.OfKey(name), address);
            contact.NoteReplied(_bench.Now.Ms);
            _bench.Context.Table4.Insert(contact, Confirmation.Replied, _bench.Now);
        }

        Assert.Equal(["here", "public"], Told(NodeAddress.V4(0x01000002, 4001)));
        Assert.Equal(["here", "private", "public"], Told(NodeAddress.V4(0x0A000002, 4001)));
        _bench.Context.Gate.Private = PrivateAddresses.Allow;
        Assert.Equal(["here", "private", "public"], Told(NodeAddress.V4(0x01000002, 4001)));

        IEnumerable<string> Told(NodeAddress asker)
        {
            Message reply = ServingBench.Read(Assert.Single(_bench.Get(from: asker)));
            var names = new List<string>();
            var nodes = new NodeListEnumerator(reply.Nodes4, IpFamily.V4);
            while (nodes.MoveNext())
            {
                InfoHash id = nodes.Id;
                names.Add(Assert.Single(known, node => InfoHash.OfKey(node.Name) == id).Name);
            }

            return names.Order(StringComparer.Ordinal);
        }
    }

    private void AddContacts()
    {
        Assert.True(NodeAddress.TryParse("[2001:db8::9]:4001", 0, out NodeAddress six));
        foreach ((RoutingTable table, NodeAddress address) in new[] { (_bench.Context.Table4, NodeAddress.V4(0xC0000209, 4001)), (_bench.Context.Table6, six) })
        {
            var contact = new Contact(InfoHash.OfKey("contact"), address);
            contact.NoteReplied(_bench.Now.Ms);
            table.Insert(contact, Confirmation.Replied, _bench.Now);
        }
    }
}
