using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Dna.Fast.Proxy;
using Dna.Fast.Tests.Http;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Proxy;

/// <summary>A node with a REST proxy and a peer, on the loopback, and a client of the proxy.</summary>
internal sealed class ProxyBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A stream nobody holds ends whenever the garbage collector comes by.
    private readonly ConcurrentBag<HttpResponseMessage> _streams = [];

    private ProxyBench(WatchedNode peer, WatchedNode node)
    {
        Peer = peer;
        Node = node;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4096, ConnectTimeout = Patience })
        {
            BaseAddress = new Uri(node.Watch.Report.Proxy[0]),
            Timeout = Patience,
        };
    }

    public static ProxyLimits Generous => new()
    {
        RequestsPerSecond = 0,
        RequestsPerSource = 0,
        Listens = 2048,
        ListensPerSource = 0,
        PermanentPuts = 100,
        PermanentPutsPerSource = 0,
    };

    public WatchedNode Peer { get; }

    public WatchedNode Node { get; }

    public HttpClient Client { get; }

    /// <summary>Starts both, and waits until they know each other.</summary>
    public static async Task<ProxyBench> StartAsync(ProxyLimits? limits = null, ProxySettings? settings = null)
    {
        settings = (settings ?? new ProxySettings()) with { Listen = [NodeAddress.V4(0x7F000001, 0)], Limits = limits ?? settings?.Limits ?? Generous };
        if (limits is null && settings.Limits is { Listens: 0, PermanentPuts: 0 }) settings = settings with { Limits = Generous };
        WatchedNode peer = await WatchedNode.StartAsync();
        WatchedNode node = await WatchedNode.StartAsync(peer, proxy: settings);
        await Shared.Until.TrueAsync(() => node.Node.Status.V4.Good > 0 && peer.Node.Status.V4.Good > 0);
        return new ProxyBench(peer, node);
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public Task<(HttpStatusCode Status, JsonElement Answer)> PutAsync(string key, string body) => SendAsync("POST", "/key/" + key, body);

    /// <summary>The lines of a get.</summary>
    public async Task<JsonElement[]> GetAsync(string key)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri("/key/" + key, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>Opens a listen stream; it is refused with another status than 200.</summary>
    public async Task<(HttpStatusCode Status, StreamReader? Lines)> ListenAsync(string key, CancellationToken cancellation)
    {
        HttpResponseMessage response = await Client.GetAsync(new Uri($"/key/{key}/listen", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        _streams.Add(response);
        return (response.StatusCode, response.IsSuccessStatusCode ? new StreamReader(await response.Content.ReadAsStreamAsync(cancellation)) : null);
    }

    /// <summary>A figure as the metrics say it.</summary>
    public async Task<double> FigureAsync(string series)
    {
        string text = await Node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string line = Assert.Single(text.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until a figure is what it should be.</summary>
    public async Task FigureBecomesAsync(string series, Func<double, bool> isRight)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!isRight(await FigureAsync(series))) await timer.WaitForNextTickAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpResponseMessage stream in _streams) stream.Dispose();
        Client.Dispose();
        await Node.DisposeAsync();
        await Peer.DisposeAsync();
    }
}
