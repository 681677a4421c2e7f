using System.Globalization;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Stock's own client, <c>dhtnode --proxyclient</c>, with our proxy, and our proxy beside stock's.</summary>
public sealed class ProxyStockTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stock_client_learns_who_we_are_and_its_own_address()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        await using DhtNodeProcess client = await scene.StartClientAsync();
        await client.ExpectAsync(0, scene.Node.Id.ToString(), Patience);
        int from = client.Output.Count;
        client.Say("la");
        await client.ExpectAsync(from, "127.0.0.1", Patience);
    }

    [Fact]
    public async Task A_stock_client_puts_gets_and_listens_through_us_and_hears_of_expiry()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        await using DhtNodeProcess client = await scene.StartClientAsync();
        (bool isPut, ulong id) = await client.PutAsync("word", "hello");
        Assert.True(isPut);
        Assert.Contains(await scene.Stock.GetAsync("word"), line => line.Contains($"id:{id:x} ", StringComparison.Ordinal) && line.Contains("\"hello\"", StringComparison.Ordinal));
        Assert.True((await scene.Stock.PutAsync("word", "world")).Done);
        Assert.Equal(2, (await client.GetAsync("word")).Count);

        int from = await client.ListenAsync("word");
        await client.ExpectAsync(from, "\"hello\"", Patience);
        await client.ExpectAsync(from, "\"world\"", Patience);
        Assert.True((await scene.Stock.PutAsync("word", "news")).Done);
        await client.ExpectAsync(from, "\"news\"", Patience);
        await using Probe probe = new();
        from = client.Output.Count;
        await probe.PutAsync(scene.Node.Address, InfoHash.OfKey("word"), TestValue.Of("brief", type: 5), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 55);
        await client.ExpectAsync(from, "\"brief\"", Patience);
        await client.ExpectAsync(from, "expired", Patience);
    }

    [Fact]
    public async Task A_permanent_put_of_a_stock_client_is_announced_by_us()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        await using DhtNodeProcess client = await scene.StartClientAsync();
        Assert.True((await client.PutAsync("kept", "x", permanent: true)).Done);
        Assert.Equal(1, (await Curl.AskAsync(scene.Url + "/node/stats")).Json.GetProperty("totalPermanentPuts").GetInt32());
    }

    /// <summary>A stock client takes each line of an answer for a value, whatever its status.</summary>
    [Fact]
    public async Task A_stock_client_that_is_refused_is_told_and_hears_of_no_value()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory.File("dna.toml"), "[proxy]\nlistens = 0\npermanent_puts = 0\n");
        await using ProxyScene scene = await ProxyScene.StartAsync(null, 0, "--config", directory.File("dna.toml"));
        await using DhtNodeProcess client = await scene.StartClientAsync();
        Assert.False((await client.PutAsync("kept", "x", permanent: true)).Done);
        int from = await client.ListenAsync("word");
        await scene.FigureBecomesAsync("dna_proxy_refused_total{reason=\"listens\"}", refused => refused > 0);
        Assert.True((await client.PutAsync("word", "x")).Done);
        Assert.Single(await client.GetAsync("word"));
        Assert.DoesNotContain(client.Output.Since(from), line => line.Contains("Listen: found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stock_client_that_wants_push_notifications_is_refused_and_lives()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        await using DhtNodeProcess client = await scene.StartClientAsync(pushKey: "key-of-a-device");
        int from = await client.ListenAsync("word");
        await scene.FigureBecomesAsync("dna_proxy_refused_total{reason=\"unsupported\"}", refused => refused > 0);
        Assert.True((await client.PutAsync("word", "x")).Done);
        Assert.Single(await client.GetAsync("word"));
        Assert.DoesNotContain(client.Output.Since(from), line => line.Contains("Listen: found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_stock_client_signs_and_encrypts_through_us_a_stock_node_verifies_and_decrypts()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync(StockIdentity.Owner);
        await using DhtNodeProcess client = await scene.StartClientAsync(StockIdentity.Thief);
        Assert.True(await client.PutSignedAsync("signed", "mine"));
        Assert.Contains("signed (v0)", Assert.Single(await scene.Stock.GetAsync("signed")), StringComparison.Ordinal);
        Assert.True(await client.PutEncryptedAsync("letter", scene.Stock.KeyId, "secret"));
        Assert.Contains("decrypted", Assert.Single(await scene.Stock.GetAsync("letter")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_value_objects_are_those_of_a_stock_proxy()
    {
        int port = ProxyScene.FreePort();
        await using ProxyScene scene = await ProxyScene.StartAsync(StockIdentity.Owner, port);
        Assert.True((await scene.Stock.PutAsync("same", "plain")).Done);
        Assert.True(await scene.Stock.PutSignedAsync("same", "signed"));
        Assert.True(await scene.Stock.PutEncryptedAsync("same", scene.Stock.KeyId, "sealed"));
        Assert.Equal(200, (await Curl.PostAsync(scene.Url + "/key/same", """{"data":"","prio":1,"type":3,"utype":"a\"b/ä"}""")).Status);
        IReadOnlyList<JsonElement> stock = [], ours = [];
        await Bounded.UntilAsync(
            async () =>
            {
                CurlAnswer answer = await Curl.AskAsync($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/key/same");
                // The NUL that 2.4 leaves behind an owner is no part of it.
                stock = [.. answer.Lines.Select(line => JsonDocument.Parse(line.Replace("\\u0000", "", StringComparison.Ordinal)).RootElement)];
                ours = (await Curl.AskAsync(scene.Url + "/key/same")).Values;
                return stock.Count == 4 && ours.Count == 4;
            },
            Patience, "Four values at both");
        int compared = 0;
        foreach (JsonElement value in stock)
        {
            JsonElement same = Assert.Single(ours, other => other.GetProperty("id").GetString() == value.GetProperty("id").GetString());
            // Stock opens what is for itself; whoever is no recipient passes it on as it is.
            if (same.TryGetProperty("cypher", out _)) continue;
            Assert.True(JsonElement.DeepEquals(value, same), $"{value}\n{same}");
            compared++;
        }

        Assert.Equal(3, compared);
    }
}
