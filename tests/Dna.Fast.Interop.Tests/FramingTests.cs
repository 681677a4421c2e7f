using System.Net;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Datagrams, one by one: what is answered and what is not (wire specification, sections 1 and 2).</summary>
public sealed class FramingTests
{
    [Fact]
    public async Task Ping_is_answered_with_its_transaction_and_our_address_with_and_without_an_agent()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        foreach (string? agent in (string?[])["RNG1", "zz99", null])
        {
            uint t = probe.NextTransaction();
            int from = probe.Count;
            probe.Send(node.Address, MsgPack.Write(new MsgMap(("a", new MsgMap(("id", probe.IdBytes))), ("q", "ping"), ("t", t), ("y", "q"), ("v", agent))));
            Packet pong = await probe.WaitAsync(from, packet => Probe.IsAnswer(packet, t), Probe.AnswerTime, "A pong");
            Assert.Equal(node.Id, pong.Id);
            Assert.Equal(new byte[] { 127, 0, 0, 1 }, pong["sa"]);
            Assert.Equal(node.Address, pong.From);
            Assert.Null(pong.Network);
        }
    }

    [Fact]
    public async Task Another_network_is_not_answered_and_the_own_one_is_with_its_number()
    {
        const uint Network = 0x12345678;
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(Network);
        await using Probe stranger = new(), member = new(network: Network);
        await stranger.ExpectNoAnswerAsync(node.Address, stranger.Query(5, "ping"));
        Assert.Equal((ulong)Network, (await member.AskAsync(node.Address, "ping")).Network);

        // The network's number is in fragments too, on the way in and on the way out.
        InfoHash key = InfoHash.OfKey("network");
        TestValue value = new() { Data = new byte[2_000] };
        Assert.NotNull(await member.PutInFragmentsAsync(node.Address, key, value));
        int from = member.Count;
        Assert.Equal(2_000, Assert.Single(await member.GetAsync(node.Address, key)).Data.Length);
        Assert.All(member.Since(from), packet => Assert.Equal((ulong)Network, packet.Network));
    }

    [Fact]
    public async Task Nonsense_is_ignored_and_the_node_keeps_serving()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] good = probe.Query(7, "ping");
        object id = probe.IdBytes;
        foreach (byte[] bad in (byte[][])
        [
            [], [0x80], [0xc0], [0x93, 1, 2, 3], MsgPack.Write("text"), good[..^1], good[..20],
            Ping(null), Ping(Probe.Bytes(node.Id)), Ping(new byte[20]), Ping(new byte[19]), Ping(new byte[21]), Ping("text of twenty bytes"),
            MsgPack.Write(new MsgMap(("a", new MsgMap(("id", id))), ("q", "dance"), ("t", 7), ("y", "q"))),
            MsgPack.Write(new MsgMap(("a", new MsgMap(("id", id))), ("q", "ping"), ("t", 7), ("y", "x"))),
            MsgPack.Write(new MsgMap(("a", new MsgMap(("id", id))), ("q", "ping"), ("t", 1UL << 40), ("y", "q"))),
            [0xdf, 0xff, 0xff, 0xff, 0xff], [0xdd, 0xff, 0xff, 0xff, 0xff], [0xc6, 0xff, 0xff, 0xff, 0xff], Enumerable.Repeat((byte)0x91, 60_000).ToArray(),
        ])
        {
            probe.Send(node.Address, bad);
        }

        await probe.ExpectNoAnswerAsync(node.Address, MsgPack.Write(new MsgMap(("a", new MsgMap(("x", 1))), ("q", "ping"), ("t", 7), ("y", "q"))));
        Assert.DoesNotContain(probe.Since(0), packet => packet.Kind is "r" or "e");
        Assert.Equal(node.Id, (await probe.AskAsync(node.Address, "ping")).Id);
        Assert.False(node.HasExited);

        static byte[] Ping(object? id) => MsgPack.Write(new MsgMap(("a", new MsgMap(("id", id))), ("q", "ping"), ("t", 7), ("y", "q")));
    }

    [Fact]
    public async Task A_transaction_of_4_bytes_is_answered_as_a_number()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        probe.Send(node.Address, MsgPack.Write(new MsgMap(
            ("a", new MsgMap(("id", probe.IdBytes))), ("q", "ping"), ("t", new byte[] { 0x01, 0x02, 0x03, 0x04 }), ("y", "q"))));
        Packet pong = await probe.WaitAsync(0, packet => packet.Kind == "r", Probe.AnswerTime, "A pong");
        Assert.Equal(0x01020304u, pong.Transaction);
    }

    [Fact]
    public async Task Keys_in_any_order_and_unknown_keys_are_accepted()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        probe.Send(node.Address, MsgPack.Write(new MsgMap(
            ("zz", new object[] { 1, 2 }), ("y", "q"), ("t", 99), (5, true), ("q", "ping"), ("a", new MsgMap(("future", "x"), ("id", probe.IdBytes))))));
        Packet pong = await probe.WaitAsync(0, packet => packet.Kind == "r", Probe.AnswerTime, "A pong");
        Assert.Equal(99u, pong.Transaction);
    }

    [Fact]
    public async Task A_query_to_each_of_our_addresses_is_answered_from_it()
    {
        Assert.SkipWhen(NodeUnderTest.IsStock, "A stock node answers from the address the system chooses.");
        await using DnaProcess node = await DnaProcess.StartAsync(new() { Bind = ["0.0.0.0"] });
        await using Probe probe = new();
        foreach (string address in (string[])["127.0.0.1", "127.0.0.2", "127.7.7.7"])
        {
            IPEndPoint to = new(IPAddress.Parse(address), node.Address.Port);
            Assert.Equal(to, (await probe.AskAsync(to, "ping")).From);
        }
    }
}
