using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Each row of the wire specification, section 9.5, asked of the published binary with curl; the network behind it is a stock node.</summary>
public sealed class ProxyCurlTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Row_info_and_stats()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        foreach (string path in (string[])["/", "/node/info"])
        {
            CurlAnswer answer = await Curl.AskAsync(scene.Url + path);
            Assert.Equal((200, "application/json", "*"), (answer.Status, answer.Headers["content-type"], answer.Headers["access-control-allow-origin"]));
            Assert.Equal(scene.Node.Id.ToString(), answer.Json.GetProperty("node_id").GetString());
            Assert.Equal("127.0.0.1", answer.Json.GetProperty("public_ip").GetString());
        }

        CurlAnswer stats = await Curl.AskAsync(scene.Url + "/node/stats");
        foreach (string member in (string[])["listenCount", "putCount", "totalPermanentPuts", "pushListenersCount", "requestRate", "nodeInfo"])
            Assert.True(stats.Json.TryGetProperty(member, out _), member);
    }

    [Fact]
    public async Task Row_get_and_put_also_by_their_legacy_paths()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        foreach (string path in (string[])["/key/", "/"])
        {
            string key = "curl" + path.Length, url = scene.Url + path + key;
            CurlAnswer put = await Curl.PostAsync(url, """{"data":"aGVsbG8=","type":0,"utype":"text/plain"}""");
            Assert.Equal(200, put.Status);
            string id = put.Json.GetProperty("id").GetString()!;
            Assert.Contains(await scene.Stock.GetAsync(key), line => line.Contains("data(text/plain):\"hello\"", StringComparison.Ordinal));
            Assert.True((await scene.Stock.PutAsync(key, "world")).Done);
            CurlAnswer got = await Curl.AskAsync(url);
            Assert.Equal((200, "chunked"), (got.Status, got.Headers["transfer-encoding"]));
            Assert.Equal(["aGVsbG8=", "d29ybGQ="], got.Values.Select(value => value.GetProperty("data").GetString()!).Order());
            Assert.Contains(got.Values, value => value.GetProperty("id").GetString() == id);
            Assert.Equal(2, (await Curl.AskAsync(scene.Url + path + InfoHash.OfKey(key))).Lines.Count);
        }

        Assert.Equal((400, 400), ((await Curl.AskAsync(scene.Url + "/key/bad", "-X", "POST")).Status, (await Curl.PostAsync(scene.Url + "/key/bad", "{xx")).Status));
        Assert.Empty((await Curl.AskAsync(scene.Url + "/key/nothing")).Lines);
    }

    [Fact]
    public async Task Row_put_that_fails_is_502()
    {
        await using DnaProcess lonely = await DnaProcess.StartAsync(new() { More = ["--proxy", "127.0.0.1:0"] });
        string url = (await lonely.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        CurlAnswer answer = await Curl.PostAsync(url + "/key/word", """{"data":"eA=="}""");
        Assert.Equal(502, answer.Status);
        Assert.StartsWith("put failed: ", answer.Json.GetProperty("err").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_permanent_put_and_its_number()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        Assert.Equal(200, (await Curl.PostAsync(scene.Url + "/key/kept", """{"data":"eA==","id":"7","permanent":true}""")).Status);
        Assert.Equal(1, (await Curl.AskAsync(scene.Url + "/node/stats")).Json.GetProperty("totalPermanentPuts").GetInt32());
        Assert.Single(await scene.Stock.GetAsync("kept"));
    }

    [Fact]
    public async Task Row_listen_tells_of_news_and_of_expiry()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        await using Probe probe = new();
        Assert.True((await scene.Stock.PutAsync("heard", "before")).Done);
        await using ChildProcess stream = Curl.Stream(scene.Url + "/key/heard/listen");
        await ExpectAsync(stream, "before", isExpired: false);
        Assert.True((await scene.Stock.PutAsync("heard", "after")).Done);
        await ExpectAsync(stream, "after", isExpired: false);
        TestValue brief = TestValue.Of("brief", type: 5);
        await probe.PutAsync(scene.Node.Address, InfoHash.OfKey("heard"), brief, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 55);
        await ExpectAsync(stream, "brief", isExpired: false);
        JsonElement gone = await ExpectAsync(stream, "brief", isExpired: true);
        Assert.Equal(brief.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), gone.GetProperty("id").GetString());
        Assert.False(stream.HasExited);
    }

    [Fact]
    public async Task Row_subscribe_and_unsubscribe_and_ping_say_that_there_are_no_push_notifications()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        foreach ((string method, string path) in ((string, string)[])[("SUBSCRIBE", "/key/word"), ("UNSUBSCRIBE", "/key/word"), ("POST", "/node/pingPush")])
        {
            CurlAnswer answer = await Curl.AskAsync(scene.Url + path, "-X", method, "-d", """{"key":"token","client_id":"1","platform":"android"}""");
            Assert.Equal(501, answer.Status);
            Assert.Contains("/key/HASH/listen", answer.Json.GetProperty("err").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Row_sign_and_encrypt_are_501_without_an_identity_and_done_with_one()
    {
        await using (ProxyScene without = await ProxyScene.StartAsync())
        {
            foreach (string what in (string[])["sign", "encrypt"]) Assert.Equal(501, (await Curl.PostAsync($"{without.Url}/key/word/{what}", """{"data":"eA=="}""")).Status);
        }

        using var directory = new TestDirectory();
        foreach ((string from, string to) in ((string, string)[])[(StockIdentity.Thief.KeyFile, "proxy.pem"), (StockIdentity.Thief.CertificateFile, "proxy.crt")])
        {
            File.Copy(from, directory.File(to));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory.File(to), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(directory.File("dna.toml"), $"[proxy]\nidentity = \"{directory.File("proxy")}\"\n");
        await using ProxyScene scene = await ProxyScene.StartAsync(StockIdentity.Owner, 0, "--config", directory.File("dna.toml"));
        CurlAnswer signed = await Curl.PostAsync(scene.Url + "/key/word/sign", """{"data":"aGVsbG8=","utype":"text/plain"}""");
        Assert.Equal(200, signed.Status);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", signed.Json.GetProperty("owner").GetString(), StringComparison.Ordinal);
        Assert.Contains("signed (v0)", Assert.Single(await scene.Stock.GetAsync("word")), StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(signed.Json, (await Curl.AskAsync(scene.Url + "/key/word")).Json));

        Assert.Equal(400, (await Curl.PostAsync(scene.Url + "/key/letter/encrypt", """{"data":"eA=="}""")).Status);
        CurlAnswer sealedFor = await Curl.PostAsync(scene.Url + "/key/letter/encrypt", $$"""{"data":"c2VjcmV0","utype":"text/plain","to":"{{scene.Stock.KeyId}}"}""");
        Assert.Equal(200, sealedFor.Status);
        Assert.True(sealedFor.Json.TryGetProperty("cypher", out _));
        Assert.Contains("decrypted", Assert.Single(await scene.Stock.GetAsync("letter")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_options_name_the_methods()
    {
        await using ProxyScene scene = await ProxyScene.StartAsync();
        foreach ((string method, string path, string methods) in ((string, string, string)[])
            [("OPTIONS", "/word", "OPTIONS, GET, POST"), ("GET", "/key/word/options", "OPTIONS, GET, POST"), ("OPTIONS", "/key/word/listen", "OPTIONS, GET")])
        {
            CurlAnswer answer = await Curl.AskAsync(scene.Url + path, "-X", method);
            Assert.Equal((200, methods), (answer.Status, answer.Headers["access-control-allow-methods"]));
        }
    }

    private static async Task<JsonElement> ExpectAsync(ChildProcess stream, string text, bool isExpired)
    {
        string data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
        (int Number, string Line)? found = await stream.Output.WaitAsync(0, IsIt, Patience);
        Assert.True(found is not null, $"no line of '{text}' ({(isExpired ? "expired" : "value")}):\n{stream.Output.Tail()}\n{stream.Errors.Tail()}");
        return JsonDocument.Parse(found.Value.Line).RootElement;

        bool IsIt(string line) => line.Contains($"\"{data}\"", StringComparison.Ordinal) && line.Contains("\"expired\":true", StringComparison.Ordinal) == isExpired;
    }
}
