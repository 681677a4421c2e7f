using System.Net;
using System.Text.Json;
using Dna.Fast.Commands;
using Dna.Fast.Proxy;
using Dna.Fast.Tests.Http;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Proxy;

/// <summary>The REST proxy over two real nodes; each row of the wire specification, section 9.5.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task Without_an_address_there_is_no_proxy_and_its_figures_are_zero()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        Assert.Empty(node.Watch.Report.Proxy);
        string text = await node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.All(
            text.Split('\n').Where(line => line.StartsWith("dna_proxy_", StringComparison.Ordinal)), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        using HttpResponseMessage response = await node.Http.GetAsync(new Uri("/node/info", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/node/info")]
    public async Task Info_tells_of_the_node_and_of_the_clients_address(string path)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement info) = await bench.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(bench.Node.Node.Id.ToString(), info.GetProperty("node_id").GetString());
        Assert.Equal(1, info.GetProperty("ipv4").GetProperty("good").GetInt32());
        Assert.Equal(0, info.GetProperty("ipv6").GetProperty("good").GetInt32());
        Assert.Equal(JsonValueKind.Number, info.GetProperty("ops").ValueKind);
        Assert.Equal("127.0.0.1", info.GetProperty("public_ip").GetString());
        Assert.Equal(bench.Node.Address.Port, info.GetProperty("port_ipv4").GetInt32());
        Assert.False(info.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task The_status_for_people_says_where_it_is()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using JsonDocument with = JsonDocument.Parse(bench.Node.Watch.Report.ToJson()), without = JsonDocument.Parse(bench.Peer.Watch.Report.ToJson());
        Assert.Contains($"\nREST proxy                 {bench.Client.BaseAddress!.ToString().TrimEnd('/')}\n", StatusTable.Write(with.RootElement), StringComparison.Ordinal);
        Assert.DoesNotContain("REST proxy", StatusTable.Write(without.RootElement), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_before_the_nodes_first_turn_is_503()
    {
        await using WatchedNode node = await WatchedNode.StartAsync(proxy: new ProxySettings { Listen = [NodeAddress.V4(0x7F000001, 0)], Limits = ProxyBench.Generous }, turns: false);
        using var client = new HttpClient { BaseAddress = new Uri(node.Watch.Report.Proxy[0]), Timeout = ProxyBench.Patience };
        using HttpResponseMessage response = await client.GetAsync(new Uri("/node/info", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("""{"err":"the node is starting"}""", await response.Content.ReadAsStringAsync());
        long opened = node.Node.OwnerTurnedMs;
        node.Workers.Start();
        await Shared.Until.TrueAsync(() => node.Node.OwnerTurnedMs != opened);
        using HttpResponseMessage ready = await client.GetAsync(new Uri("/node/info", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Stats_count_what_is_open()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        await bench.PutAsync("stats", """{"data":"eA==","permanent":true}""");
        using var leaving = new CancellationTokenSource(ProxyBench.Patience);
        await bench.ListenAsync("stats", leaving.Token);
        (_, JsonElement stats) = await bench.SendAsync("GET", "/node/stats");
        Assert.Equal(1, stats.GetProperty("listenCount").GetInt32());
        Assert.Equal(1, stats.GetProperty("putCount").GetInt32());
        Assert.Equal(1, stats.GetProperty("totalPermanentPuts").GetInt32());
        Assert.Equal(0, stats.GetProperty("pushListenersCount").GetInt32());
        Assert.Equal(JsonValueKind.Number, stats.GetProperty("requestRate").ValueKind);
        Assert.Equal(bench.Node.Node.Id.ToString(), stats.GetProperty("nodeInfo").GetProperty("node_id").GetString());
    }

    [Theory]
    [InlineData("/key/")]
    [InlineData("/")]
    public async Task What_is_put_is_answered_and_got_and_lies_in_the_network(string prefix)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement put) = await bench.SendAsync("POST", prefix + "word", """{"data":"aGVsbG8=","id":"18446744073709551615","prio":1,"type":3,"utype":"text/plain"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        const string Expected = """{"data":"aGVsbG8=","id":"18446744073709551615","prio":1,"type":3,"utype":"text/plain"}""";
        Assert.Equal(Expected, put.GetRawText());
        Assert.Equal(Expected, Assert.Single(await bench.GetAsync("word")).GetRawText());
        Assert.Equal(1, bench.Peer.Store.Statistics.Values);
        (_, JsonElement byHash) = await bench.SendAsync("GET", prefix + Wire.InfoHash.OfKey("word"));
        Assert.Equal(Expected, byHash.GetRawText());
    }

    [Theory]
    [InlineData("""{"data":"eA=="}""")]
    [InlineData("""{"data":"eA==","id":0}""")]
    [InlineData("""{"data":"eA==","id":"0"}""")]
    [InlineData("{}")]
    public async Task Without_an_id_a_value_gets_a_random_one(string body)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement put) = await bench.PutAsync("ids", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual("0", put.GetProperty("id").GetString());
        Assert.Equal(put.GetProperty("id").GetString(), Assert.Single(await bench.GetAsync("ids")).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("", "Missing parameters")]
    [InlineData("{xx", "Incorrect JSON")]
    [InlineData("[]", "a value is a JSON object")]
    [InlineData("{\"data\":\"?\"}", "data has to be base64")]
    [InlineData("{\"data\":5}", "a member has the wrong form")]
    [InlineData("{\"id\":\"x\"}", "id has to be a number from 0 to 18446744073709551615")]
    [InlineData("{\"id\":-1}", "id has to be a number from 0 to 18446744073709551615")]
    [InlineData("{\"type\":65536}", "type has to be a number from 0 to 65535")]
    [InlineData("{\"utype\":1}", "a member has the wrong form")]
    [InlineData("{\"permanent\":1}", "permanent has to be true, false or an object")]
    [InlineData("{\"owner\":\"x\",\"sig\":\"eA==\"}", "owner has to be a public key in PEM")]
    [InlineData("{\"sig\":\"eA==\"}", "a signature needs its owner")]
    [InlineData("{\"type\":9,\"owner\":\"-----BEGIN PUBLIC KEY-----\\neAAA\\n-----END PUBLIC KEY-----\",\"sig\":\"eA==\"}", "owner has to be a public key in PEM")]
    [InlineData("{\"owner\":\"-----BEGIN PUBLIC KEY-----\\nMAAA\\n-----END PUBLIC KEY-----\"}", "a value with an owner needs its signature, sig")]
    [InlineData("{\"owner\":\"-----BEGIN PUBLIC KEY-----\\nMAAA\\n-----END PUBLIC KEY-----\",\"sig\":\"eA==\"}", "the signature is not right, so no node would store the value")]
    public async Task A_body_that_is_no_value_is_400_with_the_reason(string body, string reason)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement answer) = await bench.PutAsync("bad", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(reason, answer.GetProperty("err").GetString());
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"value\"}"));
        Assert.Equal(0, bench.Peer.Store.Statistics.Values);
    }

    [Fact]
    public async Task A_put_that_nobody_took_is_502_and_so_is_a_get_that_nobody_answered()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        bench.Peer.StopWorkers();
        (HttpStatusCode status, JsonElement answer) = await bench.PutAsync("away", """{"data":"eA=="}""");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.StartsWith("put failed: ", answer.GetProperty("err").GetString(), StringComparison.Ordinal);
        (status, _) = await bench.SendAsync("GET", "/key/never");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Equal(2, await bench.FigureAsync("dna_proxy_refused_total{reason=\"network\"}"));
    }

    [Fact]
    public async Task A_get_of_nothing_is_200_without_a_line()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        Assert.Empty(await bench.GetAsync("nothing"));
    }

    [Theory]
    [InlineData("SUBSCRIBE", "/key/word")]
    [InlineData("UNSUBSCRIBE", "/key/word")]
    [InlineData("POST", "/node/pingPush")]
    [InlineData("POST", "/key/word/sign")]
    [InlineData("POST", "/key/word/encrypt")]
    public async Task What_it_does_not_do_is_501_with_the_reason(string method, string path)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement answer) = await bench.SendAsync(method, path, """{"key":"token","data":"eA=="}""");
        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.StartsWith("this proxy ", answer.GetProperty("err").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"unsupported\"}"));
    }

    [Theory]
    [InlineData("OPTIONS", "/word", "OPTIONS, GET, POST")]
    [InlineData("OPTIONS", "/key/word", "OPTIONS, GET, POST")]
    [InlineData("GET", "/key/word/options", "OPTIONS, GET, POST")]
    [InlineData("OPTIONS", "/key/word/listen", "OPTIONS, GET")]
    public async Task Options_name_the_methods(string method, string path, string methods)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await bench.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(methods, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        if (method == "OPTIONS") Assert.Equal("86400", Assert.Single(response.Headers.GetValues("Access-Control-Max-Age")));
    }

    [Fact]
    public async Task A_permanent_put_survives_its_holders_and_ends_with_a_put_that_is_not()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, _) = await bench.PutAsync("kept", """{"data":"eA==","id":"7","permanent":{"key":"token"}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_permanent_puts"));
        await bench.PutAsync("kept", """{"data":"eA==","id":"7","permanent":true}""");
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_permanent_puts"));
        await bench.FigureBecomesAsync("dna_permanent_puts", puts => puts == 1);
        await bench.PutAsync("kept", """{"data":"eA==","id":"7"}""");
        Assert.Equal(0, await bench.FigureAsync("dna_proxy_permanent_puts"));
        await bench.FigureBecomesAsync("dna_permanent_puts", puts => puts == 0);
    }

    [Fact]
    public async Task A_listen_tells_what_is_there_and_what_comes()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        await bench.PutAsync("heard", """{"data":"MQ==","id":"1"}""");
        using var leaving = new CancellationTokenSource(ProxyBench.Patience);
        (_, StreamReader? lines) = await bench.ListenAsync("heard", leaving.Token);
        Assert.Equal("""{"data":"MQ==","id":"1","type":0}""", await lines!.ReadLineAsync(leaving.Token));
        await bench.PutAsync("heard", """{"data":"Mg==","id":"2"}""");
        Assert.Equal("""{"data":"Mg==","id":"2","type":0}""", await lines.ReadLineAsync(leaving.Token));
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_listens"));
        lines.Dispose();
        await bench.FigureBecomesAsync("dna_proxy_listens", listens => listens == 0);
        await bench.FigureBecomesAsync("dna_subscriptions", listens => listens == 0);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_streams_ended_total{reason=\"done\"}"));
    }

    [Fact]
    public async Task A_node_that_ends_ends_its_streams_whole()
    {
        ProxyBench bench = await ProxyBench.StartAsync();
        await using (bench)
        {
            using var leaving = new CancellationTokenSource(ProxyBench.Patience);
            (_, StreamReader? lines) = await bench.ListenAsync("ended", leaving.Token);
            await bench.Node.Watch.DisposeAsync();
            Assert.Null(await lines!.ReadLineAsync(leaving.Token));
        }
    }
}
