using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class FramingTests
{
    private readonly ServingBench _bench = new();

    [Fact]
    public void Ping_is_answered_with_its_transaction_and_the_requesters_address()
    {
        Message pong = ServingBench.Read(Assert.Single(_bench.Ping(t: 945081375)));
        Assert.Equal(MessageKind.Reply, pong.Kind);
        Assert.Equal(945081375u, pong.Transaction);
        Assert.Equal(ServingBench.Node.Id, pong.Id);
        Assert.Equal([192, 0, 2, 1], pong.ReportedAddress.ToArray());
    }

    [Fact]
    public void IPv6_requester_is_told_16_bytes()
    {
        Assert.True(NodeAddress.TryParse("[2001:db8::7]:4001", 0, out NodeAddress from));
        Assert.Equal(16, ServingBench.Read(Assert.Single(_bench.Ping(from: from))).ReportedAddress.Length);
    }

    [Fact]
    public void Transaction_of_four_bytes_is_answered_as_an_integer()
    {
        byte[] ping = [0x84, 0xA1, (byte)'a', 0x81, 0xA2, (byte)'i', (byte)'d', 0xC4, 20, .. Enumerable.Repeat((byte)9, 20),
            0xA1, (byte)'q', 0xA4, .. "ping"u8, 0xA1, (byte)'t', 0xC4, 4, 1, 2, 3, 4, 0xA1, (byte)'y', 0xA1, (byte)'q'];
        byte[] pong = Assert.Single(_bench.Send(ping));
        Assert.Equal(0x01020304u, ServingBench.Read(pong).Transaction);
        Assert.Contains("a174ce01020304", Convert.ToHexStringLower(pong));
    }

    [Fact]
    public void What_is_no_message_of_another_node_is_dropped_and_counted_and_the_node_serves_on()
    {
        byte[] ping = new byte[256];
        ping = ping[..QueryWriter.Ping(ping, ServingBench.Stranger, 1)];
        (byte[] Datagram, Counter Counter)[] bad =
        [
            ([], Counter.DropMalformed),
            (ping[..20], Counter.DropMalformed),
            ([0x01], Counter.DropMalformed),
            ([0x91, 0xC0], Counter.DropMalformed),
            ([0x80], Counter.DropMalformed),
            (WithId(20, 0), Counter.DropBadId),
            (WithId(19, 7), Counter.DropBadId),
            ([.. WithId(20, 7).Select((b, i) => i == 33 ? (byte)'x' : b)], Counter.DropUnknownQuery),
        ];
        foreach ((byte[] datagram, Counter counter) in bad)
        {
            long drops = Drops(), before = _bench.Counters[counter];
            Assert.Empty(_bench.Send(datagram));
            Assert.True(Drops() == drops + 1, $"no drop of {Convert.ToHexString(datagram)}");
            if (datagram.Length > 1) Assert.True(_bench.Counters[counter] == before + 1, $"{counter} for {Convert.ToHexString(datagram)}");
        }

        Assert.Empty(_bench.Ping(sender: ServingBench.Node));
        Assert.Equal(1, _bench.Counters[Counter.DropOwnId]);
        Assert.Single(_bench.Ping());
    }

    [Fact]
    public void Foreign_network_is_silent_and_our_own_is_named_in_the_answer()
    {
        using var bench = new ServingBench(network: 7);
        Assert.Empty(bench.Ping());
        Assert.Equal(1, bench.Counters[Counter.DropNetwork]);
        Message pong = ServingBench.Read(Assert.Single(bench.Ping(sender: ServingBench.Stranger with { Network = 7 })));
        Assert.Equal(7u, pong.Network);
    }

    [Fact]
    public void Flood_is_cut_at_the_sources_budget_and_others_are_served()
    {
        int answered = 0;
        for (uint t = 0; t < 3000; t++) answered += _bench.Ping(t).Count;
        Assert.InRange(answered, 1000, 1024);
        Assert.Equal(3000 - answered, _bench.Counters[Counter.DropRateSource]);
        Assert.Single(_bench.Ping(from: NodeAddress.V4(0xC0000202, 4001)));
        _bench.Move(2000);
        Assert.Single(_bench.Ping());
    }

    [Fact]
    public void Query_with_its_keys_in_another_order_is_charged_too()
    {
        using var bench = new ServingBench(limits: new RateLimits(0, 2));
        byte[] ping = [0x84, 0xA1, (byte)'q', 0xA4, .. "ping"u8, 0xA1, (byte)'a', 0x81, 0xA2, (byte)'i', (byte)'d', 0xC4, 20, .. Enumerable.Repeat((byte)9, 20),
            0xA1, (byte)'t', 1, 0xA1, (byte)'y', 0xA1, (byte)'q'];
        int answered = 0;
        for (int i = 0; i < 10; i++) answered += bench.Send(ping).Count;
        Assert.Equal(2, answered);
        Assert.Equal(8, bench.Counters[Counter.DropRateSource]);
    }

    [Fact]
    public void Replies_are_not_charged()
    {
        using var bench = new ServingBench(limits: new RateLimits(0, 2));
        for (uint t = 0; t < 10; t++) bench.Context.Expected.Add(ServingBench.Home, t);
        for (uint t = 0; t < 10; t++) bench.Send(to => ReplyWriter.Pong(to, ServingBench.Stranger, t, ServingBench.Home));
        Assert.Equal(10, bench.Counters[Counter.RepliesIn]);
        Assert.Equal(10, bench.Inbox.Told.Count(t => t.StartsWith("answer", StringComparison.Ordinal)));
        Assert.Single(bench.Ping());
    }

    [Fact]
    public void Martians_and_blacklisted_sources_are_dropped_before_decoding()
    {
        Assert.Empty(_bench.Ping(from: NodeAddress.V4(0xC0000201, 0)));
        Assert.Equal(1, _bench.Counters[Counter.DropMartian]);
        _bench.Context.Gate.Blacklist(ServingBench.Home, _bench.Now.Ms);
        Assert.Empty(_bench.Ping());
        Assert.Equal(1, _bench.Counters[Counter.DropBlacklisted]);
        Assert.Equal(0, _bench.Counters[Counter.PingsIn]);
    }

    [Fact]
    public void Draining_node_answers_no_query_and_takes_answers()
    {
        _bench.Receiver.IsDraining = true;
        Assert.Empty(_bench.Ping());
        Assert.Equal(1, _bench.Counters[Counter.DropDraining]);
        _bench.Send(to => ReplyWriter.Pong(to, ServingBench.Stranger, 1, ServingBench.Home));
        Assert.Equal(1, _bench.Counters[Counter.RepliesIn]);
    }

    [Fact]
    public void Full_sink_drops_the_answer_and_counts()
    {
        _bench.Sink.IsFull = true;
        Assert.Empty(_bench.Ping());
        Assert.Equal(1, _bench.Counters[Counter.DropSinkFull]);
    }

    [Fact]
    public void Unknown_sender_is_offered_to_the_owner_and_a_client_never_is()
    {
        _bench.Ping(sender: ServingBench.Stranger with { IsClient = true });
        Assert.Empty(_bench.Inbox.Told);
        _bench.Ping();
        Assert.Equal($"heard {ServingBench.Home}", Assert.Single(_bench.Inbox.Told));
    }

    [Fact]
    public void Known_contact_is_noted_where_it_is_and_offered_when_it_moved()
    {
        var contact = new Contact(ServingBench.Stranger.Id, ServingBench.Home);
        _bench.Context.Table4.Insert(contact, Confirmation.Replied, _bench.Now);
        _bench.Move(5000);
        _bench.Ping();
        Assert.Equal(_bench.Now.Ms, contact.HeardMs);
        Assert.Empty(_bench.Inbox.Told);
        NodeAddress moved = ServingBench.Home.WithPort(4999);
        _bench.Ping(from: moved);
        Assert.Equal($"heard {moved}", Assert.Single(_bench.Inbox.Told));
    }

    private long Drops() => _bench.Counters[Counter.DropMalformed] + _bench.Counters[Counter.DropBadId] + _bench.Counters[Counter.DropUnknownQuery];

    private static byte[] WithId(int length, byte value) =>
        [0x84, 0xA1, (byte)'a', 0x81, 0xA2, (byte)'i', (byte)'d', 0xC4, (byte)length, .. Enumerable.Repeat(value, length),
            0xA1, (byte)'q', 0xA4, .. "ping"u8, 0xA1, (byte)'t', 1, 0xA1, (byte)'y', 0xA1, (byte)'q'];
}
