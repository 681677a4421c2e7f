using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

public sealed class NodeTests
{
    private static readonly byte[] Token = new byte[WireLimits.TokenBytes];

    [Fact]
    public void A_node_pings_its_bootstrap_and_is_connected_by_the_answer()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        uint t = NodeBench.TransactionOf(bench.Turn(), MessageKind.Ping);
        Assert.Equal(Connectivity.Connecting, bench.Node.Status.V4.Connectivity);
        bench.Receive(t, (Span<byte> to, in Sender sender, uint id) => ReplyWriter.Pong(to, sender, id, NodeBench.PeerAddress));
        Assert.Equal(Connectivity.Connected, bench.Node.Status.V4.Connectivity);
        Assert.Equal((NodeBench.Peer, NodeBench.PeerAddress), Assert.Single(bench.Node.GoodNodes()));
    }

    [Fact]
    public void A_bootstrap_that_is_silent_is_asked_again_with_growing_pauses()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        var starts = new List<long>();
        HashSet<uint> known = [];
        for (long ms = 0; ms < 200_000; ms += 50)
        {
            foreach ((Route _, byte[] bytes) in bench.Turn(50))
            {
                MessageReader.Read(bytes, out Message message);
                if (known.Add(message.Transaction)) starts.Add(ms);
            }
        }

        Assert.InRange(starts.Count, 4, 6);
        for (int i = 2; i < starts.Count; i++) Assert.True(starts[i] - starts[i - 1] > starts[i - 1] - starts[i - 2]);
    }

    [Fact]
    public void An_IPv4_address_in_a_list_of_IPv6_nodes_is_left_alone()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        uint t = NodeBench.TransactionOf(bench.Turn(), MessageKind.Ping);
        var mapped = new byte[WireLimits.Node6Bytes];
        InfoHash.OfKey("mapped").CopyTo(mapped);
        mapped[30] = mapped[31] = 0xFF;
        mapped[32] = 192;
        mapped[37] = 80;
        bench.Receive(t, (Span<byte> to, in Sender sender, uint id) =>
            ReplyWriter.Found(to, sender, id, NodeBench.PeerAddress, [], mapped, Token, [], []));
        Assert.Null(bench.Node.Context.Table6.Find(InfoHash.OfKey("mapped")));
        Assert.Equal(Connectivity.Connected, bench.Node.Status.V4.Connectivity);
    }

    [Theory]
    [InlineData(0x01000001u, 0, 1)]
    [InlineData(0x0A000001u, 1, 0)]
    public void A_private_address_is_contacted_when_a_neighbour_names_it_and_not_when_a_public_node_does(uint namer, int contacted, long counted)
    {
        NodeAddress from = NodeAddress.V4(namer, 4001), named = NodeAddress.V4(0x0A000009, 4001);
        using var bench = new NodeBench(from);
        uint t = NodeBench.TransactionOf(bench.Turn(), MessageKind.Ping);
        var list = new byte[WireLimits.Node4Bytes];
        InfoHash.OfKey("named").CopyTo(list);
        named.WriteAddress(list.AsSpan(InfoHash.Bytes));
        (list[24], list[25]) = ((byte)(named.Port >> 8), (byte)named.Port);
        var sent = new List<(Route To, byte[] Bytes)>(bench.Receive(
            t, (Span<byte> to, in Sender sender, uint id) => ReplyWriter.Found(to, sender, id, from, list, [], Token, [], []), from));
        for (int i = 0; i < 100; i++) sent.AddRange(bench.Turn(100));
        Assert.Equal(contacted, sent.Select(datagram => datagram.To.Remote).Where(remote => remote == named).Distinct().Count());
        Assert.Equal(counted, bench.Node.Count(Counter.NamedNotPublic));
    }

    [Fact]
    public void Who_answers_a_get_without_a_token_is_ignored_for_a_while()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        GetOutcome? outcome = null;
        bench.Node.Get(InfoHash.OfKey("key"), default, _ => true, o => outcome = o);
        uint t = NodeBench.TransactionOf(bench.Turn(), MessageKind.Get);
        bench.Receive(t, (Span<byte> to, in Sender sender, uint id) => ReplyWriter.Pong(to, sender, id, NodeBench.PeerAddress));
        Assert.Equal(1, bench.Node.Count(Counter.PeersBlacklisted));
        Assert.Empty(bench.Receive(9, (Span<byte> to, in Sender sender, uint id) => QueryWriter.Ping(to, sender, id)));
        Assert.NotNull(outcome);
        Assert.False(outcome.Value.Reachable);
    }

    [Fact]
    public void An_ownerless_value_is_not_sent_where_a_signed_one_is()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        PutOutcome? outcome = null;
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = 5, Data = new byte[] { 1 } }.Pack(out byte[] packed));
        bench.Node.Put(InfoHash.OfKey("key"), packed, bench.Now.UnixMs, permanent: false, o => outcome = o);
        uint find = NodeBench.TransactionOf(bench.Turn(), MessageKind.Find);
        List<(Route To, byte[] Bytes)> probes = bench.Receive(find, Found([]));
        uint probe = NodeBench.TransactionOf(probes, MessageKind.Get);

        // {"f": [1, 3, 4], "v": [5, owner, 0]}: somebody signed the value with this id.
        var fields = new byte[64];
        var writer = new MsgpackWriter(fields);
        writer.WriteMapHeader(2);
        writer.WriteString("f"u8);
        writer.WriteArrayHeader(3);
        writer.WriteUInt(1);
        writer.WriteUInt(3);
        writer.WriteUInt(4);
        writer.WriteString("v"u8);
        writer.WriteArrayHeader(3);
        writer.WriteUInt(5);
        writer.WriteBinary([0x30, 0x03, 1, 2, 3]);
        writer.WriteUInt(0);
        List<(Route To, byte[] Bytes)> after = bench.Receive(probe, Found(fields[..writer.Length]));
        Assert.DoesNotContain(after, sent => MessageReader.Read(sent.Bytes, out Message message) == DecodeStatus.Ok && message.Kind == MessageKind.Put);
        Assert.NotNull(outcome);
        Assert.True(outcome.Value.WasRefused);
        Assert.Equal(0, outcome.Value.Acknowledged);
    }

    [Fact]
    public void A_node_that_was_away_is_asked_again_when_it_is_back()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        bench.Node.Listen(InfoHash.OfKey("key"), default, _ => { });
        NodeBench.TransactionOf(bench.Turn(), MessageKind.Find);
        for (int ms = 0; ms < 12_000; ms += 50) bench.Turn(50);
        Assert.True(bench.Node.Context.Table4.Find(NodeBench.Peer)!.IsExpired);

        // It is back and says so; the subscription goes on by itself within a bootstrap's pause.
        bench.Receive(77, (Span<byte> to, in Sender sender, uint id) => QueryWriter.Ping(to, sender, id));
        bool asked = false;
        for (int ms = 0; ms < 30_000 && !asked; ms += 50)
        {
            asked = bench.Turn(50).Any(sent => MessageReader.Read(sent.Bytes, out Message message) == DecodeStatus.Ok
                && message.Kind == MessageKind.Find && message.Target == InfoHash.OfKey("key"));
        }

        Assert.True(asked);
    }

    [Fact]
    public void A_node_that_answers_find_with_an_error_is_not_asked_without_end()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        bench.Node.Get(InfoHash.OfKey("key"), default, _ => true, _ => { });
        List<(Route To, byte[] Bytes)> sent = bench.Turn();
        int asked = 0;
        for (; asked < 10; asked++)
        {
            (Route To, byte[] Bytes)[] queries = [.. sent.Where(s => MessageReader.Read(s.Bytes, out Message m) == DecodeStatus.Ok && m.Kind is MessageKind.Get or MessageKind.Find)];
            if (queries.Length == 0) break;
            MessageReader.Read(queries[0].Bytes, out Message query);
            sent = bench.Receive(query.Transaction, (Span<byte> to, in Sender sender, uint id) => ReplyWriter.Error(to, sender, id, 203, "no"u8));
        }

        Assert.InRange(asked, 1, 3);
    }

    [Fact]
    public void A_new_listener_gets_what_is_stored_and_then_the_reply_with_a_token()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        var token = new byte[WireLimits.TokenBytes];
        bench.Node.Context.Tokens.Write(NodeBench.PeerAddress, token);
        Put(bench, token);
        List<(Route To, byte[] Bytes)> sent = bench.Receive(5, (Span<byte> to, in Sender sender, uint id) =>
            QueryWriter.Listen(to, sender, id, InfoHash.OfKey("key"), token, 7, []));
        sent.AddRange(bench.Turn());
        var kinds = new List<MessageKind>();
        foreach ((Route to, byte[] bytes) in sent)
        {
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(bytes, out Message message));
            kinds.Add(message.Kind);
            if (message.Kind != MessageKind.Reply) continue;
            Assert.Equal((5u, NodeBench.PeerAddress), (message.Transaction, to.Remote));
            Assert.Equal(token, message.Token.ToArray());
        }

        Assert.Equal([MessageKind.Update, MessageKind.Reply], kinds);
    }

    [Fact]
    public void A_listener_in_another_nodes_name_does_no_harm_to_that_node()
    {
        using var bench = new NodeBench(NodeBench.PeerAddress);
        Connect(bench);
        NodeAddress thief = NodeAddress.V4(0x7F000001, 6666);
        var token = new byte[WireLimits.TokenBytes];
        bench.Node.Context.Tokens.Write(thief, token);
        bench.Receive(3, (Span<byte> to, in Sender sender, uint id) => QueryWriter.Listen(to, sender, id, InfoHash.OfKey("key"), token, 5, []), thief);
        bench.Node.Context.Tokens.Write(NodeBench.PeerAddress, token);
        Put(bench, token);
        for (int ms = 0; ms < 15_000; ms += 50)
        {
            // The real node answers what it is asked; the thief is silent.
            foreach ((Route to, byte[] bytes) in bench.Turn(50))
            {
                if (to.Remote != NodeBench.PeerAddress || MessageReader.Read(bytes, out Message query) != DecodeStatus.Ok || query.Kind == MessageKind.Reply) continue;
                bench.Receive(query.Transaction, Found([]));
            }
        }

        Assert.Equal(1, bench.Node.Count(Counter.UpdatesOut));
        Assert.False(bench.Node.Context.Table4.Find(NodeBench.Peer)!.IsExpired);
    }

    [Fact]
    public void A_put_without_anybody_to_ask_says_unreachable()
    {
        using var bench = new NodeBench();
        PutOutcome? outcome = null;
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = 5, Data = new byte[] { 1 } }.Pack(out byte[] packed));
        bench.Node.Put(InfoHash.OfKey("key"), packed, bench.Now.UnixMs, permanent: false, o => outcome = o);
        bench.Turn();
        Assert.NotNull(outcome);
        Assert.False(outcome.Value.Reachable);
    }

    private static NodeBench.Writer Found(byte[] fields) => (Span<byte> to, in Sender sender, uint id) =>
        ReplyWriter.Found(to, sender, id, NodeBench.PeerAddress, [], [], Token, [], fields);

    [Fact]
    public void A_signature_that_was_judged_once_is_not_verified_again_when_it_comes_again()
    {
        using var bench = new NodeBench();
        byte[] token = new byte[WireLimits.TokenBytes], value = new Serving.Signer().Sign(1, 0, "mine");
        bench.Node.Context.Tokens.Write(NodeBench.PeerAddress, token);
        byte[] list = new byte[value.Length + 8];
        list = list[..ValueListWriter.Inline(list, value, 1)];
        for (uint t = 1; t <= 3; t++)
        {
            bench.Receive(t, (Span<byte> to, in Sender sender, uint id) => QueryWriter.Put(to, sender, id, InfoHash.OfKey("key"), list, -1, token));
        }

        Assert.Equal(3, bench.Node.Count(Counter.PutRefusedSignature));
        Assert.Equal((1, 2), (bench.Node.Count(Counter.SignaturesVerified), bench.Node.Count(Counter.VerdictsRemembered)));
    }

    /// <summary>The peer puts a value under "key".</summary>
    private static void Put(NodeBench bench, byte[] token)
    {
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = 5, Data = new byte[] { 1 } }.Pack(out byte[] packed));
        var values = new byte[packed.Length + 8];
        int length = ValueListWriter.Inline(values, packed, 1);
        bench.Receive(4, (Span<byte> to, in Sender sender, uint id) =>
            QueryWriter.Put(to, sender, id, InfoHash.OfKey("key"), values.AsSpan(0, length), -1, token));
    }

    private static void Connect(NodeBench bench)
    {
        uint t = NodeBench.TransactionOf(bench.Turn(), MessageKind.Ping);
        bench.Receive(t, (Span<byte> to, in Sender sender, uint id) => ReplyWriter.Pong(to, sender, id, NodeBench.PeerAddress));
    }
}
