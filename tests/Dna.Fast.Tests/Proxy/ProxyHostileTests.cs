using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Proxy;

/// <summary>Connections, heads and bodies as strangers send them: others are served on, and each refusal is counted.</summary>
public sealed class ProxyHostileTests
{
    [Fact]
    public async Task Idle_connections_of_one_source_take_no_others_place()
    {
        // One listen, and 64 connections beside it.
        const int May = 65, Opened = 200;
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { ListensPerSource = 1 });
        var idle = new List<TcpClient>();
        try
        {
            for (int i = 0; i < Opened; i++) await OpenAsync();
            await bench.FigureBecomesAsync("dna_proxy_refused_total{reason=\"connections_source\"}", refused => refused == Opened - May);
            Assert.Equal(May, await bench.FigureAsync("dna_proxy_connections"));
            using var other = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectFromElsewhereAsync }) { BaseAddress = bench.Client.BaseAddress, Timeout = ProxyBench.Patience };
            Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(new Uri("/node/info", UriKind.Relative))).StatusCode);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }

        await bench.FigureBecomesAsync("dna_proxy_connections", open => open <= 1);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);

        async Task OpenAsync()
        {
            try
            {
                idle.Add(await ConnectAsync(bench));
            }
            catch (SocketException)
            {
                // Closed before it was ours to see.
            }
        }
    }

    /// <summary>Each costs a handshake where TLS is spoken.</summary>
    [Fact]
    public async Task Connections_that_come_faster_than_requests_may_are_closed_and_counted()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync(ProxyBench.Generous with { RequestsPerSource = 2 });
        for (int i = 0; i < 200; i++)
        {
            try
            {
                using TcpClient passing = await ConnectAsync(bench);
            }
            catch (SocketException)
            {
                // Closed before it was ours to see.
            }
        }

        await bench.FigureBecomesAsync("dna_proxy_refused_total{reason=\"connections_rate\"}", refused => refused > 0);
        await bench.FigureBecomesAsync("dna_proxy_connections", open => open == 0);
    }

    [Theory]
    [InlineData("GET /key/{8} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "head")]
    [InlineData("GET /node/info HTTP/1.1\r\nHost: localhost\r\nX: {33}\r\n\r\n", 431, "head")]
    [InlineData("GET /node/info HTTP/1.1\r\nHost: localhost\r\n[200]\r\n", 431, "head")]
    [InlineData("GET /node/info HTTP/1.1\r\n\r\n", 400, "malformed")]
    [InlineData("GET /node/info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "malformed")]
    [InlineData("POST /key/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "malformed")]
    [InlineData("POST /key/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, "malformed")]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n", 400, "malformed")]
    public async Task A_head_that_is_too_large_or_none_is_refused_and_counted(string request, int status, string reason)
    {
        request = request
            .Replace("{8}", new string('a', 9 * 1024), StringComparison.Ordinal)
            .Replace("{33}", new string('a', 33 * 1024), StringComparison.Ordinal)
            .Replace("[200]", string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"X{i}: 1\r\n"))), StringComparison.Ordinal);
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using TcpClient client = await ConnectAsync(bench);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), await ReadSomeAsync(client), StringComparison.Ordinal);
        await bench.FigureBecomesAsync($"dna_proxy_refused_total{{reason=\"{reason}\"}}", refused => refused == 1);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);
    }

    [Fact]
    public async Task A_head_that_does_not_come_to_its_end_is_408_and_counted()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using TcpClient client = await ConnectAsync(bench);
        await client.GetStream().WriteAsync("GET /node/info HTTP/1.1\r\nHost: local"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 408 ", await ReadSomeAsync(client), StringComparison.Ordinal);
        await bench.FigureBecomesAsync("dna_proxy_refused_total{reason=\"slow_head\"}", refused => refused == 1);
    }

    [Fact]
    public async Task A_stream_whose_client_closed_its_half_ends_and_gives_its_place_back()
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using TcpClient client = await ConnectAsync(bench);
        await client.GetStream().WriteAsync("GET /key/half/listen HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 1);
        client.Client.Shutdown(SocketShutdown.Send);
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 0);
        await bench.FigureBecomesAsync("dna_subscriptions", open => open == 0);
        await bench.FigureBecomesAsync("dna_proxy_connections", open => open <= 1);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"data\":")]
    [InlineData("\"\\u0000")]
    [InlineData("{\"a\":1},")]
    [InlineData("9")]
    [InlineData("\u0001")]
    public async Task A_body_made_to_explode_is_400(string part)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        (HttpStatusCode status, _) = await bench.PutAsync("bomb", string.Concat(Enumerable.Repeat(part, 200_000 / part.Length)));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync("GET", "/node/info")).Status);
    }

    [Theory]
    [InlineData("{\"utype\":\"\\ud800\"}")]
    [InlineData("{\"id\":1e999999}")]
    [InlineData("{\"id\":\"99999999999999999999\"}")]
    [InlineData("{\"owner\":null,\"sig\":\"eA==\"}")]
    [InlineData("{\"to\":\"x\",\"owner\":\"\",\"sig\":\"\"}")]
    public async Task Members_that_no_value_has_are_400(string body)
    {
        await using ProxyBench bench = await ProxyBench.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.PutAsync("odd", body)).Status);
    }

    /// <summary>Our own store's values come in one piece, faster than any client reads them.</summary>
    [Fact]
    public async Task A_get_of_more_than_a_stream_may_be_behind_is_whole()
    {
        const int Values = 3000;
        await using ProxyBench bench = await ProxyBench.StartAsync();
        IEditPolicy policy = new EditPolicy(new RsaVerifier()).For(isVerified: true);
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (uint id = 1; id <= Values; id++)
        {
            Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = id, Data = new byte[1500] }.Pack(out byte[] packed));
            PutResult put = bench.Node.Store.Put(InfoHash.OfKey("much"), new SlotInfo(id, 0, now, now + 600_000, default), packed, durable: false, now, policy);
            Assert.Equal(PutStatus.Stored, put.Status);
        }

        Assert.Equal(Values, (await bench.GetAsync("much")).Length);
        Assert.Equal(0, await bench.FigureAsync("dna_proxy_streams_ended_total{reason=\"slow\"}"));
    }

    [Fact]
    public async Task A_node_that_ends_waits_for_no_client_that_does_not_read()
    {
        const int Values = 60;
        await using ProxyBench bench = await ProxyBench.StartAsync();
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(bench.Client.BaseAddress!.Host, bench.Client.BaseAddress.Port);
        await slow.SendAsync("GET /key/much/listen HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        await bench.FigureBecomesAsync("dna_proxy_listens", open => open == 1);
        string data = Convert.ToBase64String(new byte[60_000]);
        for (int id = 1; id <= Values; id++) await bench.PutAsync("much", $$"""{"data":"{{data}}","id":"{{id}}"}""");
        await bench.Node.Watch.DisposeAsync().AsTask().WaitAsync(ProxyBench.Patience);
    }

    private static async Task<TcpClient> ConnectAsync(ProxyBench bench)
    {
        var client = new TcpClient();
        await client.ConnectAsync(bench.Client.BaseAddress!.Host, bench.Client.BaseAddress.Port);
        return client;
    }

    private static async ValueTask<Stream> ConnectFromElsewhereAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<string> ReadSomeAsync(TcpClient client)
    {
        using var deadline = new CancellationTokenSource(ProxyBench.Patience);
        byte[] answer = new byte[4096];
        return Encoding.ASCII.GetString(answer, 0, await client.GetStream().ReadAsync(answer, deadline.Token));
    }
}
