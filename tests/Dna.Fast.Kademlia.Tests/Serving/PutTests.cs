using System.Buffers.Binary;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class PutTests
{
    private readonly ServingBench _bench = new();

    [Fact]
    public void Value_is_stored_acknowledged_and_served()
    {
        ServingBench.AssertAcknowledged(77, _bench.Put(ServingBench.Text(77, "hello")));
        Assert.Equal(["hello"], _bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutStored]);
    }

    [Fact]
    public void Three_inline_values_are_three_replies_with_one_transaction()
    {
        byte[] list = ServingBench.Inline(ServingBench.Text(1, "a"), ServingBench.Text(2, "b"), ServingBench.Text(3, "c"));
        List<byte[]> sent = _bench.PutList(list, t: 12);
        Assert.Equal([1ul, 2, 3], sent.Select(d => ServingBench.Read(d).ValueId));
        Assert.All(sent, d => Assert.Equal(12u, ServingBench.Read(d).Transaction));
    }

    [Fact]
    public void Malformed_value_is_skipped_alone_and_a_put_of_nothing_else_has_no_answer()
    {
        byte[] noData = [0x82, 0xA2, .. "id"u8, 9, 0xA3, .. "dat"u8, 0x81, 0xA4, .. "body"u8, 0x80];
        ServingBench.AssertAcknowledged(2, _bench.PutList(ServingBench.Inline(noData, ServingBench.Text(2, "b"))));
        Assert.Empty(_bench.Put(noData));
        Assert.Equal(2, _bench.Counters[Counter.PutValueMalformed]);
    }

    [Fact]
    public void Value_id_0_is_error_203_after_the_values_before_it()
    {
        byte[] list = ServingBench.Inline(ServingBench.Text(1, "a"), ServingBench.Text(0, "b"), ServingBench.Text(3, "c"));
        List<byte[]> sent = _bench.PutList(list);
        Assert.Equal(2, sent.Count);
        ServingBench.AssertAcknowledged(1, sent[..1]);
        ServingBench.AssertError(203, sent[1..]);
        Assert.Equal(["a"], _bench.Texts());
    }

    [Fact]
    public void Put_without_a_key_is_error_203() =>
        ServingBench.AssertError(203, _bench.Put(ServingBench.Text(1, "a"), key: InfoHash.Zero));

    [Theory]
    [InlineData("get")]
    [InlineData("put")]
    [InlineData("listen")]
    public void Query_that_does_not_mention_a_key_is_error_203(string name)
    {
        byte[] query = [0x84, 0xA1, (byte)'a', 0x81, 0xA2, .. "id"u8, 0xC4, 20, .. Enumerable.Repeat((byte)9, 20), 0xA1, (byte)'q', (byte)(0xA0 + name.Length),
            .. System.Text.Encoding.ASCII.GetBytes(name), 0xA1, (byte)'t', 1, 0xA1, (byte)'y', 0xA1, (byte)'q'];
        ServingBench.AssertError(203, _bench.Send(query));
    }

    [Fact]
    public void Reordered_value_is_served_in_canonical_form()
    {
        byte[] odd = [0x82, 0xA3, .. "dat"u8, 0x81, 0xA4, .. "body"u8, 0x83, 0xA4, .. "data"u8, 0xA1, (byte)'x', 0xA1, (byte)'z', 0xC3, 0xA4, .. "type"u8, 0xCD, 0, 0,
            0xA2, .. "id"u8, 0xCD, 0, 9];
        ServingBench.AssertAcknowledged(9, _bench.Put(odd));
        Assert.Equal(ServingBench.Text(9, "x", userType: ""), Assert.Single(_bench.Values(_bench.Get())));
    }

    [Fact]
    public void Token_is_good_for_every_key_and_for_no_other_port()
    {
        byte[] token = _bench.Token();
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a"), token: token, key: InfoHash.OfKey("other")));
        ServingBench.AssertError(401, _bench.Put(ServingBench.Text(2, "b"), token: token, from: ServingBench.Home.WithPort(4002)));
        ServingBench.AssertError(401, _bench.Put(ServingBench.Text(2, "b"), token: []));
        Assert.Empty(_bench.Texts());
        Assert.Equal(2, _bench.Counters[Counter.ErrorToken]);
    }

    [Fact]
    public void Old_token_lives_through_one_rotation()
    {
        byte[] token = _bench.Token();
        _bench.Context.Tokens.Rotate(_bench.Now);
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a"), token: token));
        _bench.Context.Tokens.Rotate(_bench.Now);
        ServingBench.AssertError(401, _bench.Put(ServingBench.Text(1, "a"), token: token));
    }

    [Fact]
    public void Value_created_too_long_ago_is_acknowledged_and_not_served()
    {
        long seconds = _bench.Now.UnixMs / 1000;
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "old"), created: seconds - 1200));
        ServingBench.AssertAcknowledged(2, _bench.Put(ServingBench.Text(2, "past"), created: seconds - 300));
        ServingBench.AssertAcknowledged(3, _bench.Put(ServingBench.Text(3, "future"), created: seconds + 86_400));
        ServingBench.AssertAcknowledged(4, _bench.Put(ServingBench.Text(4, "end of time"), created: long.MaxValue));
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedExpired]);
        Assert.Equal(["past", "future", "end of time"], _bench.Texts());
        _bench.Move(300_000);
        Assert.Equal(["future", "end of time"], _bench.Texts());
        _bench.Move(299_999);
        Assert.Equal(2, _bench.Texts().Count);
        _bench.Move(1);
        Assert.Empty(_bench.Texts());
    }

    [Fact]
    public void Equal_value_lives_anew_and_listeners_hear_of_a_refresh_only()
    {
        _bench.Context.Listened.Add(ServingBench.Key);
        _bench.Put(ServingBench.Text(1, "a"));
        _bench.Move(500_000);
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a"), created: _bench.Now.UnixMs / 1000 - 400));
        Assert.Equal(["Stored 1", "Refreshed 1"], _bench.Inbox.Told.Where(t => !t.StartsWith("heard", StringComparison.Ordinal)));
        Assert.Equal(1, _bench.Counters[Counter.PutRefreshed]);
        _bench.Move(599_000);
        Assert.Equal(["a"], _bench.Texts());
    }

    [Fact]
    public void Nobody_is_told_of_keys_without_listeners()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        Assert.DoesNotContain("Stored 1", _bench.Inbox.Told);
    }

    [Fact]
    public void Retransmitted_put_is_acknowledged_again_and_stored_once()
    {
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a"), t: 5), t: 5);
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a"), t: 5), t: 5);
        Assert.Equal(["a"], _bench.Texts());
    }

    [Fact]
    public void Unsigned_value_is_not_edited()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "b")));
        Assert.Equal(["a"], _bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedEdit]);
    }

    [Fact]
    public void Service_announcement_names_the_address_it_came_from()
    {
        byte[] announced = [0xC4, 16, 2, 0, 0x1E, 0x61, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Pack(new ValueView { Id = 1, Type = 2, Data = announced })));
        ValueReader.Read(Assert.Single(_bench.Values(_bench.Get())), out ValueView value, out _);
        Assert.Equal([192, 0, 2, 1], value.Data.Slice(6, 4).ToArray());
        Assert.Equal(0x1E61, BinaryPrimitives.ReadUInt16BigEndian(value.Data[4..]));

        byte[] noPort = [.. announced];
        noPort[4] = noPort[5] = 0;
        ServingBench.AssertAcknowledged(2, _bench.Put(ServingBench.Pack(new ValueView { Id = 2, Type = 2, Data = noPort })));
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedType]);
    }

    [Fact]
    public void Value_of_an_unknown_type_is_stored_unverified_for_ten_minutes_and_not_edited()
    {
        _bench.Put(ServingBench.Text(1, "a", type: 4711));
        _bench.Put(ServingBench.Text(1, "b", type: 4711));
        Assert.Equal(["a"], _bench.Texts());
        Assert.Equal(0, _bench.Verifier.Calls);
        _bench.Move(600_000);
        Assert.Empty(_bench.Texts());
    }

    [Fact]
    public void Too_far_key_is_acknowledged_and_not_stored()
    {
        // Eight good nodes around the key, all nearer than we are.
        for (int i = 0; i < 8; i++)
        {
            var contact = new Contact(ServingBench.Key.WithBit(159 - i, !ServingBench.Key.Bit(159 - i)), NodeAddress.V4(0xC0000210 + (uint)i, 4001));
            contact.NoteReplied(_bench.Now.Ms);
            _bench.Context.Table4.Insert(contact, Confirmation.Replied, _bench.Now);
        }

        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "a")));
        Assert.Empty(_bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedTooFar]);
    }

    [Fact]
    public void Full_store_acknowledges_nothing()
    {
        using var store = new SlowStore { IsFull = true };
        using var bench = new ServingBench(store);
        Assert.Empty(bench.Put(ServingBench.Text(1, "a")));
        Assert.Equal(1, bench.Counters[Counter.PutRefusedStoreFull]);
    }

    [Fact]
    public void Values_beyond_the_first_are_charged()
    {
        using var bench = new ServingBench(limits: new RateLimits(0, 10));
        byte[] list = ServingBench.Inline([.. Enumerable.Range(1, 30).Select(i => ServingBench.Text((ulong)i, "x"))]);
        Assert.Equal(10, bench.PutList(list).Count);
        Assert.Equal(1, bench.Counters[Counter.DropReplyCostly]);
    }

    [Fact]
    public void Evicted_value_is_told_to_the_owner_when_somebody_listens()
    {
        using var bench = new ServingBench(new MemoryValueStore(limitBytes: 50_000), RateLimits.Off);
        bench.Context.Listened.Add(ServingBench.Key);
        for (ulong id = 1; id <= 300; id++) bench.Put(ServingBench.Text(id, "x"));
        Assert.Contains("Gone 1", bench.Inbox.Told);
    }
}
