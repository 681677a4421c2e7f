using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Selections, filters and node lists of get and find (wire specification, sections 2.1 to 2.4).</summary>
public sealed class GetTests
{
    private readonly InfoHash _key = InfoHash.OfKey("gets");

    [Fact]
    public async Task Nothing_stored_means_neither_values_nor_fields()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        Packet plain = await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)));
        Packet selected = await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)), ("q", ProbeOperations.Select(1)));
        Assert.All([plain, selected], packet =>
        {
            Assert.False(packet.Body.ContainsKey("values"));
            Assert.False(packet.Body.ContainsKey("fileds"));
        });
    }

    [Fact]
    public async Task Selected_fields_come_ascending_in_one_flat_array()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        using RSA key = RSA.Create(2048);
        TestValue plain = TestValue.Of("plain", type: 3, userType: "note");
        TestValue signed = TestValue.Of("signed").SignedBy(key, seq: 9);
        await probe.PutAsync(node.Address, _key, plain);
        await probe.PutInFragmentsAsync(node.Address, _key, signed);
        Packet answer = await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)), ("q", ProbeOperations.Select(5, 1, 4, 2, 3, 1)));
        var fields = (Dictionary<object, object?>)answer["fileds"]!;
        Assert.Equal(new object[] { 1UL, 2UL, 3UL, 4UL, 5UL }, fields["f"]);
        Assert.Equal(
            new object[] { plain.Id, 3UL, new byte[20], 0UL, "note", signed.Id, 0UL, signed.Owner!, 9UL, "text/plain" },
            fields["v"]);
    }

    [Fact]
    public async Task Filters_on_id_type_owner_and_user_type_are_kept()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        using RSA key = RSA.Create(2048);
        TestValue plain = TestValue.Of("plain", type: 3, userType: "note");
        TestValue signed = TestValue.Of("signed").SignedBy(key, seq: 9);
        await probe.PutAsync(node.Address, _key, plain);
        await probe.PutInFragmentsAsync(node.Address, _key, signed);
        Assert.Equal([plain.Id], await Ids(1, plain.Id));
        Assert.Equal([plain.Id], await Ids(2, 3));
        Assert.Equal([signed.Id], await Ids(2, 0));
        Assert.Equal([signed.Id], await Ids(3, SHA1.HashData(signed.Owner!)));
        Assert.Equal([plain.Id], await Ids(5, Encoding.UTF8.GetBytes("note")));
        Assert.Equal([signed.Id], await Ids(5, "text/plain"));
        Assert.Empty(await Ids(1, 12345));
        Assert.Equal(2, (await probe.GetAsync(node.Address, _key)).Count);

        async Task<IEnumerable<ulong>> Ids(int field, object value) =>
            (await probe.GetAsync(node.Address, _key, ProbeOperations.Where(field, value))).Select(found => found.Id);
    }

    [Fact]
    public async Task A_query_map_without_both_its_keys_is_dropped()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        await probe.ExpectNoAnswerAsync(node.Address, probe.Query(5, "get", ("h", Probe.Bytes(_key)), ("q", new MsgMap(("s", new object[] { 1 })))));
        await probe.ExpectNoAnswerAsync(node.Address, probe.Query(7, "get", ("h", Probe.Bytes(_key)), ("q", new MsgMap(("w", Array.Empty<object>())))));
    }

    [Fact]
    public async Task Node_lists_hold_at_most_8_sorted_nodes_that_answered()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        List<Probe> alive = Enumerable.Range(0, 12).Select(_ => new Probe { IsAlive = true }).ToList();
        List<Probe> mute = Enumerable.Range(0, 4).Select(_ => new Probe()).ToList();
        try
        {
            foreach (Probe probe in alive.Concat(mute)) await probe.AskAsync(node.Address, "ping");
            await using Probe asker = new();
            HashSet<InfoHash> answering = alive.Select(probe => probe.Id).ToHashSet();
            Packet? answer = null;
            await Bounded.UntilAsync(
                async () =>
                {
                    answer = await asker.AskAsync(node.Address, "find", ("target", Probe.Bytes(_key)));
                    IReadOnlyList<(InfoHash Id, System.Net.IPEndPoint Address)> nodes = answer.Nodes("n4");
                    Assert.InRange(nodes.Count, 0, 8);
                    Assert.Equal(nodes.OrderBy(entry => entry.Id ^ _key), nodes);
                    Assert.All(nodes, entry => Assert.Contains(entry.Id, answering));
                    return nodes.Count >= 4;
                },
                TimeSpan.FromSeconds(60),
                "Four nodes that answered are handed out");
            Assert.Empty(answer!.Nodes("n6"));
        }
        finally
        {
            foreach (Probe probe in alive.Concat(mute)) await probe.DisposeAsync();
        }
    }

    [Fact]
    public async Task Values_are_served_in_canonical_form()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        byte[] token = await probe.TokenAsync(node.Address);

        // Keys reordered, an unknown key, a text where a blob belongs: what others read is the canonical form (section 4.2).
        MsgMap untidy = new(
            ("future", 1),
            ("dat", new MsgMap(("body", new MsgMap(("utype", "text/plain"), ("data", "hello"), ("extra", true), ("type", 0))))),
            ("id", 77));
        await probe.AskAsync(node.Address, "put", ("h", Probe.Bytes(_key)), ("values", new object[] { untidy }), ("token", token));
        Packet answer = await probe.AskAsync(node.Address, "get", ("h", Probe.Bytes(_key)));
        byte[] canonical = (TestValue.Of("hello") with { Id = 77 }).Pack();
        Assert.True(answer.Bytes.AsSpan().IndexOf(canonical) > 0, Convert.ToHexStringLower(answer.Bytes));
    }
}
