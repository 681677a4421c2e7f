using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A node of ours with a REST proxy, and a stock node that knows it.</summary>
internal sealed class ProxyScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A client of 2.4.12 that learns of IPv4 and IPv6 at the same moment dies of it now and then, whosever proxy it asks.</summary>
    private const int ClientStartsMax = 5;

    private ProxyScene(DnaProcess node, DhtNodeProcess stock, string url)
    {
        Node = node;
        Stock = stock;
        Url = url;
    }

    public DnaProcess Node { get; }

    public DhtNodeProcess Stock { get; }

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public string Url { get; }

    public static async Task<ProxyScene> StartAsync(StockIdentity? stockIdentity = null, int stockProxy = 0, params string[] more)
    {
        DnaProcess node = await DnaProcess.StartAsync(new() { More = ["--proxy", "127.0.0.1:0", "--http", "127.0.0.1:0", .. more] });
        string url = (await node.StatusAsync()).GetProperty("proxy")[0].GetString()!;
        DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = node.Address.ToString(), Identity = stockIdentity, ProxyServer = stockProxy });
        await Bounded.UntilAsync(async () => (await Curl.AskAsync(url + "/node/info")).Json.GetProperty("ipv4").GetProperty("good").GetInt32() > 0, Patience, "A good contact");
        await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(node.Id), Patience, "To be known");
        return new ProxyScene(node, stock, url);
    }

    /// <summary>A stock client that does everything through the proxy.</summary>
    /// <param name="pushKey">It wants push notifications, by this key.</param>
    public async Task<DhtNodeProcess> StartClientAsync(StockIdentity? identity = null, string? pushKey = null)
    {
        for (int start = 1; ; start++)
        {
            DhtNodeProcess client = await DhtNodeProcess.StartAsync(new() { ProxyClient = Url["http://".Length..], Identity = identity, PushKey = pushKey });
            try
            {
                // Its answer is the proxy's, and comes when that has come; before the first one it knows nobody.
                await Bounded.UntilAsync(
                    async () =>
                    {
                        int from = client.Output.Count;
                        client.Say("ll");
                        await client.ExpectAsync(from, "IPv6 stats:", Patience);
                        return client.Output.Since(from).Any(line => line.Contains("Known nodes: 1 good", StringComparison.Ordinal));
                    },
                    Patience, "A client that knows its proxy");
                return client;
            }
            catch (Exception) when (client.HasExited && start < ClientStartsMax)
            {
                await client.DisposeAsync();
            }
        }
    }

    /// <summary>Waits until a figure of the node's metrics is what it should be.</summary>
    public Task FigureBecomesAsync(string series, Func<double, bool> isRight) => Bounded.UntilAsync(
        async () =>
        {
            string url = (await Node.StatusAsync()).GetProperty("http")[0].GetString()!;
            string line = Assert.Single((await Curl.AskAsync(url + "/metrics")).Lines, line => line.StartsWith(series + " ", StringComparison.Ordinal));
            return isRight(double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture));
        },
        Patience, series);

    /// <summary>A TCP port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Stock.DisposeAsync();
        await Node.DisposeAsync();
    }
}
