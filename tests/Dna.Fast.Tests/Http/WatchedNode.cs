using System.Security.Cryptography;
using Dna.Fast.Hosting;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Proxy;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dna.Fast.Tests.Http;

/// <summary>A node inside the test with its watch and its HTTP server, all on real sockets of the loopback.</summary>
internal sealed class WatchedNode : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    private WatchedNode(WatchedNode? bootstrap, IValueStore store, ProxySettings? proxy)
    {
        NodeAddress loopback = NodeAddress.V4(0x7F000001, 0);
        Settings = new RunSettings
        {
            Port = 0,
            Bind = [loopback],
            DataDirectory = Path.GetTempPath(),
            Bootstrap = bootstrap is null ? [] : [new HostPort(bootstrap.Address.ToString(), bootstrap.Address)],
            Network = 0,
            MemoryBytes = 1 << 26,
            StoreBytes = 1 << 30,
            Http = [loopback],
            Proxy = proxy ?? new ProxySettings(),
            RateLimits = RateLimits.Stock,
            Workers = 1,
            LogLevel = LogLevel.Information,
            LogFormat = LogFormat.Text,
            StatisticsInterval = TimeSpan.Zero,
        };
        Store = store;
        Node = new Node(
            new NodeOptions
            {
                Id = new InfoHash(RandomNumberGenerator.GetBytes(InfoHash.Bytes)),
                Bootstrap = bootstrap is null ? [] : [bootstrap.Address],
                ServesV4 = true,
                ServesV6 = false,
            },
            new NodeParts(store, new RsaVerifier(), () => new SystemRandom()), SystemClock.Instance.Now);
        OpenResult opened = WorkerGroup.Open(new NetOptions { Addresses = Settings.Bind }, Node.Workers);
        Workers = opened.Group ?? throw new InvalidOperationException(opened.Message);
        Watch = new NodeWatch(Node, Workers, store, Settings, NullLogger.Instance);
    }

    public RunSettings Settings { get; }

    public Node Node { get; }

    public WorkerGroup Workers { get; }

    public IValueStore Store { get; }

    public NodeWatch Watch { get; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public NodeAddress Address => Workers.Bound[0];

    /// <param name="turns">False: its HTTP serves, and the node has not begun.</param>
    public static async Task<WatchedNode> StartAsync(WatchedNode? bootstrap = null, IValueStore? store = null, ProxySettings? proxy = null, bool turns = true)
    {
        var node = new WatchedNode(bootstrap, store ?? new MemoryValueStore(), proxy);
        await node.Watch.OpenHttpAsync();
        node.Http.BaseAddress = new Uri(node.Watch.Report.Http[0]);
        if (turns) node.Workers.Start();
        node._watching = node.Watch.RunAsync(node._end.Token);
        return node;
    }

    /// <summary>The network is gone for it: its sockets close, its HTTP serves on.</summary>
    public void StopWorkers() => Workers.Stop(StopTimeout);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Http.Dispose();
        await Watch.DisposeAsync();
        StopWorkers();
        Node.Dispose();
        Store.Dispose();
        _end.Dispose();
    }
}
