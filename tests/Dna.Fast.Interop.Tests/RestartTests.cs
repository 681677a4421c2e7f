using System.Net;
using System.Security.Cryptography;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Our node goes and comes back while a stock node stays.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Pain_4_after_a_restart_with_the_same_id_a_stock_listener_gets_a_new_token_and_listens_on()
    {
        using TestDirectory directory = new();
        DnaProcess node = await DnaProcess.StartAsync(new() { Data = directory.FullName });
        DhtNodeProcess? stock = null;
        DnaProcess? again = null;
        try
        {
            stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString() });
            int from = await stock.ListenAsync("heard");
            await using Probe probe = new();
            await probe.PutAsync(node.Address, InfoHash.OfKey("heard"), TestValue.Of("before"));
            await stock.ExpectAsync(from, "\"before\"", TimeSpan.FromSeconds(60));
            Assert.Equal(0, await node.StopAsync());

            // The secret of the tokens is not kept: the stock node's next listen is answered with 401, and it finds its way back by itself.
            again = await DnaProcess.StartAsync(new() { Data = directory.FullName, Port = node.Address.Port });
            Assert.Equal(node.Id, again.Id);
            await Bounded.UntilAsync(
                async () =>
                {
                    await probe.PutAsync(again.Address, InfoHash.OfKey("heard"), TestValue.Of("after"));
                    return await stock.Output.WaitAsync(from, line => line.Contains("\"after\"", StringComparison.Ordinal), TimeSpan.FromSeconds(2)) is not null;
                },
                TimeSpan.FromSeconds(90),
                "The stock node hears of puts after the restart");
        }
        finally
        {
            if (again is not null) await again.DisposeAsync();
            if (stock is not null) await stock.DisposeAsync();
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task After_a_restart_with_another_id_a_stock_node_drops_the_old_one_and_learns_the_new()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString() });
        Assert.True((await stock.PutAsync("first", "x")).Done);
        Assert.Equal(0, await node.StopAsync());
        await using DnaProcess again = await DnaProcess.StartAsync(new() { Port = node.Address.Port });
        Assert.NotEqual(node.Id, again.Id);

        // Any operation asks the old id; the answer comes from the new one.
        await Bounded.UntilAsync(
            async () =>
            {
                await stock.GetAsync("second");
                return await stock.KnowsAsGoodAsync(again.Id) && !await stock.KnowsAsGoodAsync(node.Id);
            },
            TimeSpan.FromSeconds(90),
            "The stock node knows the new id and not the old");
        Assert.True((await stock.PutAsync("third", "y")).Done);
        await using Probe probe = new();
        Assert.Single(await probe.IdsAsync(again.Address, InfoHash.OfKey("third")));
    }

    [Fact]
    public async Task Pain_20_lasting_values_are_served_to_stock_nodes_after_a_kill()
    {
        using TestDirectory directory = new();
        InfoHash key = InfoHash.OfKey("kept");
        ulong id;
        await using (DnaProcess node = await DnaProcess.StartAsync(new() { Data = directory.FullName }))
        {
            await using Probe probe = new();
            TestValue value = TestValue.Of("kept-over-a-kill", type: 0x1001);
            id = value.Id;
            Assert.Equal(id, (await probe.PutAsync(node.Address, key, value))["vid"]);
            await node.StopAsync("KILL");
        }

        await using DnaProcess again = await DnaProcess.StartAsync(new() { Data = directory.FullName });
        Assert.True(again.Values >= 1, $"values={again.Values}");
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = again.Address.ToString() });
        Assert.Contains($"id:{id:x}", Assert.Single(await stock.GetAsync("kept")));
    }

    [Fact]
    public async Task Pain_12_a_signed_value_survives_a_kill_and_its_owner_can_still_change_it()
    {
        using TestDirectory directory = new();
        using var owner = RSA.Create(2048);
        InfoHash key = InfoHash.OfKey("signed and kept");
        TestValue value = TestValue.Of("first", type: 0x1002).SignedBy(owner, seq: 4);
        await using (DnaProcess node = await DnaProcess.StartAsync(new() { Data = directory.FullName }))
        {
            await using Probe probe = new();
            Assert.Equal(value.Id, (await probe.PutAsync(node.Address, key, value))["vid"]);
            await node.StopAsync("KILL");
        }

        await using DnaProcess again = await DnaProcess.StartAsync(new() { Data = directory.FullName });
        await using Probe reader = new();
        PacketValue kept = Assert.Single(await reader.GetAsync(again.Address, key));
        Assert.Equal((4, value.Id), (kept.Seq, kept.Id));
        Assert.Equal(value.Signature, kept.Signature);
        Assert.Equal(value.Owner, kept.Owner);
        await reader.PutAsync(again.Address, key, (value with { Data = "second"u8.ToArray() }).SignedBy(owner, seq: 5));
        Assert.Equal(5, Assert.Single(await reader.GetAsync(again.Address, key)).Seq);
    }

    [Fact]
    public async Task A_second_process_on_a_used_port_says_so()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using TestDirectory directory = new();
        CommandResult result = await DnaCommand.RunAsync(
            "run", "--port", node.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--bind", IPAddress.Loopback.ToString(),
            "--data", directory.FullName);
        Assert.Equal(3, result.ExitCode);
    }
}
