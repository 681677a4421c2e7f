using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dna.Fast.Commands;
using Dna.Fast.Http;
using Dna.Fast.Wire;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dna.Fast.Tests.Http;

public sealed class HttpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_first_node_of_a_network_is_ready_and_says_that_it_is_alone()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        JsonElement report = await ReadAsync(node, "/readyz", HttpStatusCode.OK);
        Assert.True(report.GetProperty("ready").GetBoolean());
        Assert.True(report.GetProperty("alone").GetBoolean());
        Assert.Equal("warning", report.GetProperty("checks")[0].GetProperty("state").GetString());
        Assert.True((await ReadAsync(node, "/healthz", HttpStatusCode.OK)).GetProperty("alive").GetBoolean());
    }

    [Fact]
    public async Task A_node_that_lost_its_peers_says_so_and_recovers_without_a_restart()
    {
        await using WatchedNode peer = await WatchedNode.StartAsync();
        WatchedNode node = await WatchedNode.StartAsync(peer);
        await using (node)
        {
            await WaitAsync(node, "/readyz", HttpStatusCode.OK);
            peer.StopWorkers();
            JsonElement lost = await WaitAsync(node, "/readyz", HttpStatusCode.ServiceUnavailable);
            Assert.False(lost.GetProperty("ready").GetBoolean());
            JsonElement contacts = lost.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "contacts");
            Assert.Equal("failing", contacts.GetProperty("state").GetString());
            Assert.False(string.IsNullOrEmpty(contacts.GetProperty("hint").GetString()));

            // Alive all the while: no watchdog would end it.
            Assert.True((await ReadAsync(node, "/healthz", HttpStatusCode.OK)).GetProperty("alive").GetBoolean());
            await using WatchedNode another = await WatchedNode.StartAsync(node);
            await WaitAsync(node, "/readyz", HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_packet_thread_that_ended_makes_the_node_dead()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        await ReadAsync(node, "/healthz", HttpStatusCode.OK);
        node.StopWorkers();
        await WaitAsync(node, "/healthz", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Unknown_paths_are_404_and_other_methods_405()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        using HttpResponseMessage unknown = await node.Http.GetAsync(new Uri("/etc/passwd", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using HttpResponseMessage post = await node.Http.PostAsync(new Uri("/readyz", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/readyz");
        using HttpResponseMessage headed = await node.Http.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, headed.StatusCode);
    }

    /// <summary>A page of the web whose name suddenly means 127.0.0.1 must not read what only this machine may see.</summary>
    [Fact]
    public async Task A_foreign_name_for_the_loopback_is_refused()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusOfAsync("rebound.example:9105"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync("localhost:9105"));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync("[::1]"));

        async Task<HttpStatusCode> StatusOfAsync(string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/readyz") { Headers = { Host = host } };
            using HttpResponseMessage response = await node.Http.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task An_address_that_is_taken_is_an_error_of_the_start()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        NodeAddress taken = NodeAddress.V4(0x7F000001, (ushort)node.Http.BaseAddress!.Port);
        await Assert.ThrowsAnyAsync<IOException>(() => HttpServer.OpenAsync([taken], [], NullLogger.Instance));
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_an_error_of_the_start_that_names_it_and_not_one_that_is_taken()
    {
        Assert.True(NodeAddress.TryParse("192.0.2.1:9105", 0, out NodeAddress foreign));
        IOException failure = await Assert.ThrowsAnyAsync<IOException>(() => HttpServer.OpenAsync([foreign], [], NullLogger.Instance));
        Assert.Contains("192.0.2.1:9105", failure.Message, StringComparison.Ordinal);
        Assert.False(HttpServer.IsAddressInUse(failure));
        await using WatchedNode node = await WatchedNode.StartAsync();
        NodeAddress taken = NodeAddress.V4(0x7F000001, (ushort)node.Http.BaseAddress!.Port);
        Assert.True(HttpServer.IsAddressInUse(await Assert.ThrowsAnyAsync<IOException>(() => HttpServer.OpenAsync([taken], [], NullLogger.Instance))));
    }

    /// <summary>Whoever holds all connections of a public address does not lock the operator out of the loopback.</summary>
    [Fact]
    public async Task Each_address_has_connections_of_its_own()
    {
        NodeAddress free = NodeAddress.V4(0x7F000001, 0);
        await using HttpServer server = await HttpServer.OpenAsync([free, free], [new Fixed("{}")], NullLogger.Instance, new HttpServerOptions { ConnectionsMax = 1 });
        Uri[] addresses = [.. server.Bound.Select(bound => new Uri(bound))];
        using var holding = new TcpClient();
        await holding.ConnectAsync(addresses[0].Host, addresses[0].Port);
        await holding.GetStream().WriteAsync("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await holding.GetStream().ReadAsync(new byte[1]));
        using var client = new HttpClient { Timeout = Patience };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(addresses[0], "/readyz")));
        Assert.Equal("{}", await client.GetStringAsync(new Uri(addresses[1], "/readyz")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"ready\": 1, \"checks\": []}")]
    [InlineData("{\"health\": \"well\"}")]
    public async Task Healthcheck_of_another_program_says_that_it_is_no_node(string answer)
    {
        await using HttpServer server = await HttpServer.OpenAsync([NodeAddress.V4(0x7F000001, 0)], [new Fixed(answer)], NullLogger.Instance);
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Failed, await CommandLineRoot.InvokeAsync(["healthcheck", server.Bound[0]], output, error));
        Assert.Contains("that is no report of a node", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Fixed(string answer) : IHttpRoutes
    {
        public void Map(IEndpointRouteBuilder routes) =>
            routes.MapRead("/readyz", context => Answer.WriteAsync(context, 200, "application/json", System.Text.Encoding.UTF8.GetBytes(answer)));
    }

    [Fact]
    public async Task Healthcheck_asks_over_http_and_ends_as_the_node_is()
    {
        await using WatchedNode peer = await WatchedNode.StartAsync();
        await using WatchedNode node = await WatchedNode.StartAsync(peer);
        await WaitAsync(node, "/readyz", HttpStatusCode.OK);
        (int code, string text) = await CheckAsync(node.Http.BaseAddress!.ToString());
        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("ready\ncontacts   ok", text, StringComparison.Ordinal);

        // One that reaches nobody of its bootstrap.
        peer.StopWorkers();
        await using WatchedNode lonely = await WatchedNode.StartAsync(peer);
        (code, text) = await CheckAsync(lonely.Http.BaseAddress!.ToString(), "--json");
        Assert.Equal(ExitCode.Failed, code);
        Assert.False(JsonDocument.Parse(text).RootElement.GetProperty("ready").GetBoolean());

        string gone = node.Http.BaseAddress.ToString();
        await node.Watch.DisposeAsync();
        Assert.Equal(ExitCode.Failed, (await CheckAsync(gone)).Code);
        Assert.Equal(ExitCode.Usage, (await CheckAsync("ftp://127.0.0.1")).Code);
    }

    private static async Task<(int Code, string Text)> CheckAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLineRoot.InvokeAsync(["healthcheck", .. arguments], output, error);
        return (code, output.ToString().Trim());
    }

    private static async Task<JsonElement> ReadAsync(WatchedNode node, string path, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await node.Http.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<JsonElement> WaitAsync(WatchedNode node, string path, HttpStatusCode expected)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using HttpResponseMessage response = await node.Http.GetAsync(new Uri(path, UriKind.Relative), deadline.Token);
            if (response.StatusCode == expected) return JsonDocument.Parse(await response.Content.ReadAsStringAsync(deadline.Token)).RootElement;
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }
}
