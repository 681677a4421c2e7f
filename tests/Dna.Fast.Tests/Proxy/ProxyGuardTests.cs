using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dna.Fast.Proxy;

namespace Dna.Fast.Tests.Proxy;

/// <summary>What strangers may not do with a proxy: each refusal bounded and counted.</summary>
public sealed class ProxyGuardTests
{
    private const string Token = "a-token-of-the-test";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-the-tesT", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic a-token-of-the-test", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-the-test", HttpStatusCode.OK)]
    [InlineData("bearer a-token-of-the-test", HttpStatusCode.OK)]
    public async Task Where_a_token_is_asked_for_only_who_has_it_is_answered(string? header, HttpStatusCode expected)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { Token = Token });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/node/info");
        if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
        using HttpResponseMessage response = await bench.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Unauthorized) Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(expected == HttpStatusCode.OK ? 0 : 1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"token\"}"));
    }

    [Fact]
    public async Task A_browser_may_ask_what_is_allowed_before_it_sends_the_token_and_pages_of_others_learn_nothing()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { Token = Token, Origins = ["https://app.example.org"] });
        using HttpResponseMessage own = await PreflightAsync(bench, "https://app.example.org");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal("https://app.example.org", Assert.Single(own.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("authorization", Assert.Single(own.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
        using HttpResponseMessage other = await PreflightAsync(bench, "https://evil.example.org");
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Where_pages_are_kept_away_a_foreign_name_for_the_loopback_is_refused()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { Origins = [] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/node/info") { Headers = { Host = "rebound.example" } };
        using HttpResponseMessage response = await bench.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"host\"}"));
    }

    [Fact]
    public async Task Requests_beyond_the_rate_are_429_and_a_new_limit_counts_at_once()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { RequestsPerSource = 1 });
        HttpStatusCode[] first = [(await bench.SendAsync("GET", "/node/info")).Status, (await bench.SendAsync("GET", "/node/info")).Status, (await bench.SendAsync("GET", "/node/info")).Status];
        Assert.Contains(HttpStatusCode.TooManyRequests, first);
        bench.Node.Watch.ReloadProxy(new ProxySettings { Limits = ProxyBench.Generous });
        for (int i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);
        Assert.True(await bench.FigureAsync("dna_proxy_refused_total{reason=\"rate_source\"}") >= 1);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413_however_it_is_sent_and_nothing_of_it_is_kept()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(isChunked: false));
        try
        {
            // Its size is known only when too much of it has come, and whoever still sends then may not hear the answer.
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(isChunked: true));
        }
        catch (HttpRequestException cutOff) when (cutOff.InnerException is IOException)
        {
        }

        async Task<HttpStatusCode> SendAsync(bool isChunked)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/key/huge") { Content = new ByteArrayContent(new byte[16 << 20]) };
            request.Headers.TransferEncodingChunked = isChunked;
            request.Headers.ExpectContinue = true;
            using HttpResponseMessage response = await bench.Client.SendAsync(request);
            return response.StatusCode;
        }

        Assert.Equal(2, await bench.FigureAsync("dna_proxy_refused_total{reason=\"body\"}"));
    }

    [Fact]
    public async Task A_value_that_is_too_large_for_the_network_is_400_and_the_largest_one_passes()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, JsonElement answer) = await bench.PutAsync("large", $$"""{"data":"{{Convert.ToBase64String(new byte[65_600])}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("the network takes at most", answer.GetProperty("err").GetString(), StringComparison.Ordinal);
        (status, _) = await bench.PutAsync("large", $$"""{"data":"{{Convert.ToBase64String(new byte[65_000])}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(65_000, Assert.Single(await bench.GetAsync("large")).GetProperty("data").GetBytesFromBase64().Length);
    }

    [Fact]
    public async Task JSON_nested_too_deeply_is_400()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, _) = await bench.PutAsync("deep", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000));
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Of_thousands_of_listens_as_many_are_open_as_may_be_and_the_others_are_counted()
    {
        const int May = 100, Asked = 1000;
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { Listens = May });
        using var leaving = new CancellationTokenSource(ProxyBench.Patience);
        (HttpStatusCode Status, StreamReader? Lines)[] listens = await Task.WhenAll(Enumerable.Range(0, Asked).Select(i => bench.ListenAsync("many" + i, leaving.Token)));
        Assert.Equal(May, listens.Count(listen => listen.Status == HttpStatusCode.OK));
        Assert.Equal(Asked - May, listens.Count(listen => listen.Status == HttpStatusCode.ServiceUnavailable));
        Assert.Equal(May, await bench.FigureAsync("dna_proxy_listens"));
        Assert.Equal(Asked - May, await bench.FigureAsync("dna_proxy_refused_total{reason=\"listens\"}"));
        foreach ((_, StreamReader? lines) in listens) lines?.Dispose();
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 0);
        Assert.Equal(HttpStatusCode.OK, (await bench.ListenAsync("again", leaving.Token)).Status);
    }

    [Fact]
    public async Task One_source_has_its_own_number_of_listens_and_of_permanent_puts()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { ListensPerSource = 1, PermanentPutsPerSource = 2 });
        using var leaving = new CancellationTokenSource(ProxyBench.Patience);
        Assert.Equal(HttpStatusCode.OK, (await bench.ListenAsync("one", leaving.Token)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await bench.ListenAsync("two", leaving.Token)).Status);
        for (int id = 1; id <= 2; id++) Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("kept", Permanent(id))).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await bench.PutAsync("kept", Permanent(3))).Status);
        // Renewing is no further one.
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("kept", Permanent(2))).Status);
        Assert.Equal(2, await bench.FigureAsync("dna_proxy_permanent_puts"));
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"listens_source\"}"));
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"permanent_puts_source\"}"));
    }

    /// <summary>It is told to a socket whose window is full: what waits for it is bounded, and then it is cut off.</summary>
    [Fact]
    public async Task A_client_that_does_not_read_its_stream_is_cut_off_and_others_hear_everything()
    {
        const int Values = 80;
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(bench.Client.BaseAddress!.Host, bench.Client.BaseAddress.Port);
        await slow.SendAsync("GET /key/much/listen HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        using var leaving = new CancellationTokenSource(ProxyBench.Patience);
        (_, StreamReader? lines) = await bench.ListenAsync("much", leaving.Token);
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 2);
        string data = Convert.ToBase64String(new byte[60_000]);
        Task putting = PutAllAsync();
        var heard = new HashSet<string>();
        while (heard.Count < Values)
        {
            string? line = await lines!.ReadLineAsync(leaving.Token);
            using JsonDocument value = JsonDocument.Parse(line!);
            heard.Add(value.RootElement.GetProperty("id").GetString()!);
        }

        await putting;
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 1);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_streams_ended_total{reason=\"slow\"}"));

        async Task PutAllAsync()
        {
            for (int id = 1; id <= Values; id++) await bench.PutAsync("much", $$"""{"data":"{{data}}","id":"{{id}}"}""");
        }
    }

    [Fact]
    public async Task A_connection_that_sends_half_a_request_costs_others_nothing_and_is_closed()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using var half = new TcpClient();
        await half.ConnectAsync(bench.Client.BaseAddress!.Host, bench.Client.BaseAddress.Port);
        await half.GetStream().WriteAsync("POST /key/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);
        using var deadline = new CancellationTokenSource(ProxyBench.Patience);
        byte[] answer = new byte[4096];
        int length = await half.GetStream().ReadAsync(answer, deadline.Token);
        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.Equal(1, await bench.FigureAsync("dna_proxy_refused_total{reason=\"slow_body\"}"));
    }

    private static string Permanent(int id) => string.Create(CultureInfo.InvariantCulture, $$"""{"data":"eA==","id":"{{id}}","permanent":true}""");

    private static Task<HttpResponseMessage> PreflightAsync(ProxyBench bench, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/key/word");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization");
        return bench.Client.SendAsync(request);
    }
}
