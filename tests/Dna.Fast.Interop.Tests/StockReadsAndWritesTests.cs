using System.Text;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Stock nodes whose whole network is one node of ours: they write, they leave, others read it all back.</summary>
public sealed class StockReadsAndWritesTests
{
    [Fact]
    public async Task A_stock_node_takes_us_for_a_good_node_and_stays_on_speaking_terms_after_a_get()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using DhtNodeProcess stock = await StartStockAsync(node);
        await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(node.Id), TimeSpan.FromSeconds(60), "lr shows us as good");

        // A get answered without a token would have put us on its blacklist for good (pitfall 2); then no put would reach us.
        Assert.Empty(await stock.GetAsync("nothing-here"));
        Assert.True((await stock.PutAsync("spoken", "still")).Done);
        Assert.True(await stock.KnowsAsGoodAsync(node.Id));
    }

    [Fact]
    public async Task What_one_stock_node_puts_another_reads_from_us_after_the_first_is_gone()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        string big = new('b', 50_000);
        DhtNodeProcess writer = await StartStockAsync(node, StockIdentity.Owner);
        await using (writer)
        {
            Assert.True((await writer.PutAsync("small", "hello")).Done);
            Assert.True((await writer.PutAsync("lasting", "permanent", permanent: true)).Done);
            Assert.True((await writer.PutAsync("big", big)).Done);
            for (int index = 0; index < 60; index++) Assert.True((await writer.PutAsync("many", $"value{index}")).Done);
            Assert.True(await writer.PutSignedAsync("signed", "mine"));
            await writer.ExitAsync();
        }

        await using DhtNodeProcess reader = await StartStockAsync(node);
        Assert.Contains("data(text/plain):\"hello\"", Assert.Single(await reader.GetAsync("small")));
        Assert.Contains("\"permanent\"", Assert.Single(await reader.GetAsync("lasting")));
        Assert.Contains(big, Assert.Single(await reader.GetAsync("big")));
        Assert.Equal(60, (await reader.GetAsync("many")).Distinct().Count());
        Assert.Contains("signed (v0)", Assert.Single(await reader.GetAsync("signed")));
        Assert.Contains("Certificate", Assert.Single(await reader.GetAsync(writer.KeyId.ToString())));
    }

    [Fact]
    public async Task Stock_nodes_read_a_signed_value_signed_anew_and_no_thief_changes_it()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        await using DhtNodeProcess reader = await StartStockAsync(node);
        InfoHash key = InfoHash.OfKey("edited");
        await PutAsync("first", StockIdentity.Owner, 0);
        Assert.Contains("signed (v0) data(text/plain):\"first\"", Assert.Single(await reader.GetAsync("edited")));
        await PutAsync("second", StockIdentity.Owner, 1);
        await PutAsync("stolen", StockIdentity.Thief, 2);
        await PutAsync("late", StockIdentity.Owner, 0);
        await PutAsync("same seq", StockIdentity.Owner, 1);

        // Another node: the first one has a cache of its own.
        await using DhtNodeProcess second = await StartStockAsync(node);
        Assert.Contains("signed (v1) data(text/plain):\"second\"", Assert.Single(await second.GetAsync("edited")));

        async Task PutAsync(string text, StockIdentity identity, ushort seq) =>
            Assert.NotNull(await probe.PutInFragmentsAsync(node.Address, key, (TestValue.Of(text) with { Id = 42 }).SignedBy(identity.Key, seq)));
    }

    [Fact]
    public async Task Stock_queries_with_selection_and_filters_are_served()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe probe = new();
        InfoHash key = InfoHash.OfKey("queried");
        TestValue text = TestValue.Of("text"), note = TestValue.Of("note", type: 3, userType: "note");
        await probe.PutAsync(node.Address, key, text);
        await probe.PutAsync(node.Address, key, note);
        await using DhtNodeProcess stock = await StartStockAsync(node);
        string index = Assert.Single(await stock.QueryAsync("queried", "SELECT id,value_type,user_type,seq WHERE value_type=3"));
        Assert.Contains($"Index[Id:{note.Id:x},ValueType:3,Seq:0,UserType:note]", index);
        Assert.Equal(2, (await stock.QueryAsync("queried", "SELECT id")).Count);
        Assert.Contains($"id:{text.Id:x}", Assert.Single(await stock.GetAsync("queried", "WHERE user_type=\"text/plain\"")));
        Assert.Contains($"id:{note.Id:x}", Assert.Single(await stock.GetAsync("queried", "WHERE value_type=3")));
        Assert.Contains($"id:{note.Id:x}", Assert.Single(await stock.GetAsync("queried", $"WHERE id={note.Id}")));
    }

    [Fact]
    public async Task A_stock_listener_hears_of_news_and_of_expiry()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using DhtNodeProcess stock = await StartStockAsync(node);
        await using Probe probe = new();
        InfoHash key = InfoHash.OfKey("heard");
        TestValue before = TestValue.Of("before");
        await probe.PutAsync(node.Address, key, before);
        int from = await stock.ListenAsync("heard");
        await stock.ExpectAsync(from, "\"before\"", TimeSpan.FromSeconds(60));
        await probe.PutAsync(node.Address, key, TestValue.Of("after"));
        await stock.ExpectAsync(from, "\"after\"", TimeSpan.FromSeconds(60));

        from = stock.Output.Count;
        await probe.PutAsync(node.Address, key, TestValue.Of("brief", type: 5), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 55);
        await stock.ExpectAsync(from, "\"brief\"", TimeSpan.FromSeconds(60));
        await stock.ExpectAsync(from, "expired", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_stock_listener_comes_back_every_20_s_and_gets_nothing_twice()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Tap tap = new(node.Address);
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = tap.Address.ToString() });
        await using Probe probe = new();
        await probe.PutAsync(node.Address, InfoHash.OfKey("again"), TestValue.Of("once"));
        await stock.ListenAsync("again");
        await Bounded.UntilAsync(() => Task.FromResult(Listens().Count >= 2), TimeSpan.FromSeconds(60), "A second listen");
        List<Packet> listens = Listens();
        Assert.Equal(listens[0].SocketId, listens[1].SocketId);
        Assert.InRange((listens[1].At - listens[0].At).TotalSeconds, 18, 30);
        Assert.Single(tap.Seen, seen => seen.FromNode && seen.Packet.Query == "update");

        // A listen that is repeated because it was not answered in time has the same transaction.
        List<Packet> Listens() => tap.Seen.Where(seen => seen.Packet.Query == "listen").Select(seen => seen.Packet).DistinctBy(packet => packet.Transaction).ToList();
    }

    [Fact]
    public async Task A_permanent_put_leaves_out_the_creation_time_and_an_ordinary_one_has_it()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Tap tap = new(node.Address);
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = tap.Address.ToString() });
        Assert.True((await stock.PutAsync("ordinary", "x")).Done);
        Assert.True((await stock.PutAsync("permanent", "y", permanent: true)).Done);
        List<Packet> puts = tap.Seen.Where(seen => seen.Packet.Query == "put").Select(seen => seen.Packet).ToList();
        Assert.Contains(puts, put => put.Values.Any(value => Encoding.UTF8.GetString(value.Data) == "x") && put["c"] is not null);
        Assert.Contains(puts, put => put.Values.Any(value => Encoding.UTF8.GetString(value.Data) == "y") && put["c"] is null);

        // The get of this flow is the two-phase one (section 2.4): ids first, then each value by its id.
        Assert.Single(await stock.GetAsync("ordinary"));
        Assert.Contains(tap.Seen, seen => seen.Packet.Query == "get" && seen.Packet["q"] is Dictionary<object, object?> query && ((object?[])query["s"]!).Contains(1UL));
    }

    private static Task<DhtNodeProcess> StartStockAsync(NodeUnderTest node, StockIdentity? identity = null) =>
        DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString(), Identity = identity });
}
