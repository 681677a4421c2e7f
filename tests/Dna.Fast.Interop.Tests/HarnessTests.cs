using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>The harness against the real thing on both sides: what these facts say of stock nodes, the other tests rely on.</summary>
public sealed class HarnessTests
{
    [Fact]
    public async Task Two_stock_nodes_put_get_query_and_listen()
    {
        await using DhtNodeProcess first = await DhtNodeProcess.StartAsync();
        await using DhtNodeProcess second = await DhtNodeProcess.StartAsync(new() { Bootstrap = first.Address.ToString() });
        (bool done, ulong id) = await second.PutAsync("harness", "hello");
        Assert.True(done);
        InfoHash key = InfoHash.OfKey("harness");
        Assert.Equal(1, (await first.StorageAsync(key)).Values);
        string value = Assert.Single(await first.GetAsync("harness"));
        Assert.Contains($"id:{id:x}", value);
        Assert.Contains("\"hello\"", value);
        string index = Assert.Single(await first.QueryAsync("harness", "SELECT id,value_type WHERE value_type=0"));
        Assert.Contains($"Id:{id:x}", index);
        Assert.True(await first.HasHeardFromAsync(second.Id));

        int from = await first.ListenAsync("harness2");
        await second.PutAsync("harness2", "news");
        await first.ExpectAsync(from, "\"news\"", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_probe_talks_with_a_stock_node()
    {
        await using DhtNodeProcess node = await DhtNodeProcess.StartAsync(new() { Identity = StockIdentity.Owner });
        await using Probe probe = new();
        Assert.Equal(InfoHash.Of(StockIdentity.Owner.Spki), node.KeyId);
        Packet pong = await probe.AskAsync(node.Address, "ping");
        Assert.Equal(node.Id, pong.Id);
        Assert.Equal(new byte[] { 127, 0, 0, 1 }, pong["sa"]);

        InfoHash key = InfoHash.OfKey("harness3");
        TestValue signed = TestValue.Of("mine").SignedBy(StockIdentity.Owner.Key, seq: 3);
        Assert.Equal(signed.Id, (await probe.PutAsync(node.Address, key, signed))["vid"]);
        Assert.Equal(3, Assert.Single(await probe.GetAsync(node.Address, key)).Seq);

        byte[] data = new byte[65_000];
        Random.Shared.NextBytes(data);
        Packet? answer = await probe.PutInFragmentsAsync(node.Address, key, new TestValue { Data = data, Id = 77 });
        Assert.Equal(77UL, answer?["vid"]);
        Assert.Equal([signed.Id, 77UL], await probe.IdsAsync(node.Address, key));
    }
}
