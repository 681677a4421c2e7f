using System.Text;
using Dna.Fast.Client;
using Dna.Fast.Health;
using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Http;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Logging;
using Dna.Fast.Metrics;
using Dna.Fast.Net;
using Dna.Fast.Proxy;
using Dna.Fast.Settings;
using Dna.Fast.Storage;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>Everything that looks at a running node and tells others: status, health, systemd, and HTTP where an address was asked for.</summary>
internal sealed class NodeWatch : IAsyncDisposable
{
    private readonly RunSettings _settings;
    private readonly ILogger _log;
    private readonly NodeMetrics _metrics;
    private readonly TableReport _table;
    private readonly StoreSurveys _surveys;
    private readonly PeerProbe _probe;
    private readonly SystemdNotifier _systemd;
    private readonly ProxyFigures _proxyFigures = new();
    private readonly Node _node;
    private readonly WorkerGroup _workers;
    private readonly IValueStore _store;
    private HttpServer? _http;
    private ProxyHost? _proxy;

    public NodeWatch(Node node, WorkerGroup workers, IValueStore store, RunSettings settings, ILogger log)
    {
        _node = node;
        _workers = workers;
        _store = store;
        _settings = settings;
        HasBootstrap = () => settings.Bootstrap.Count > 0;
        _log = log;
        long startedUnixMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Report = new StatusReport(node, workers, store, settings.Network, startedUnixMs, TimeProvider.System);
        Traffic = new TrafficBudget(
            Report.Count,
            (rates, isSoft) => (node.RateLimits, node.Context.Gate.IsSoft) = (rates, isSoft),
            DataDirectory.TrafficIn(settings.DataDirectory), settings.Traffic, settings.RateLimits, log, TimeProvider.System);
        Report.Traffic = () => Traffic.Figures;
        Health = new HealthMonitor(
            new HealthSource
            {
                Clock = SystemClock.Instance,
                Status = () => node.Status,
                Count = Report.Count,
                Store = () => store.Statistics,
                CommittedTicket = () => store.CommittedTicket,
                SlowestTurnMs = () => workers.SlowestTurnMs,
                OwnerTurnedMs = () => node.OwnerTurnedMs,
                DiskFree = () => HealthSource.FreeBytesOf(settings.DataDirectory),
                ServesV4 = node.Context.Options.ServesV4,
                ServesV6 = node.Context.Options.ServesV6,
                IsDraining = () => IsDraining(),
                Traffic = () => Traffic.Figures,
                HasSomebodyToJoin = () => HasBootstrap() || node.Context.Options.KnownNodes.Count > 0,
            },
            log);
        Report.Health = Health;
        _metrics = new NodeMetrics(node, workers, store, Report, Health, _proxyFigures, settings, startedUnixMs);
        _table = new TableReport(node, SystemClock.Instance);
        _surveys = new StoreSurveys(store as FasterValueStore, TimeProvider.System, log);
        _probe = new PeerProbe(node, SystemClock.Instance);
        _systemd = new SystemdNotifier(Environment.GetEnvironmentVariable, Environment.ProcessId, log);
    }

    public StatusReport Report { get; }

    public HealthMonitor Health { get; }

    /// <summary>The month's traffic; counted while its <see cref="TrafficBudget.RunAsync"/> runs.</summary>
    public TrafficBudget Traffic { get; }

    /// <summary>Whether there are bootstrap entries: they may change while the node runs.</summary>
    public Func<bool> HasBootstrap { get; set; }

    /// <summary>Whether the node was told to leave.</summary>
    public Func<bool> IsDraining { get; set; } = () => false;

    /// <summary>Answers a question of the status socket: <c>table</c>, <c>store</c>, and for everything else the status.</summary>
    public byte[] Answer(string question) => question switch
    {
        "table" => Encoding.UTF8.GetBytes(JsonLine.Write(_table.Write)),
        "store" => Encoding.UTF8.GetBytes(JsonLine.Write(_surveys.Write)),
        _ => Report.ToJson(),
    };

    /// <summary>Opens HTTP and the REST proxy, each where an address was asked for.</summary>
    /// <exception cref="IOException">An address cannot be bound, or the proxy's certificate or identity cannot be used.</exception>
    public async Task OpenHttpAsync()
    {
        if (_settings.Http.Count + _settings.Proxy.Listen.Count > 0) Descriptors.Raise();
        if (_settings.Http.Count > 0) await OpenStatusAsync().ConfigureAwait(false);
        if (_settings.Proxy.Listen.Count > 0) await OpenProxyAsync().ConfigureAwait(false);
    }

    /// <summary>Hands new settings to the proxy, and lets it read its certificate anew.</summary>
    public void ReloadProxy(ProxySettings settings) => _proxy?.Reload(settings);

    private async Task OpenStatusAsync()
    {
        IHttpRoutes[] routes = [new HealthRoutes(Health), new MetricsRoutes(_metrics), new PageRoutes(Report, _table, _surveys)];
        _http = await HttpServer.OpenAsync(_settings.Http, routes, _log).ConfigureAwait(false);
        Report.Http = _http.Bound;
        _log.HttpServing(string.Join(", ", _http.Bound));
    }

    private async Task OpenProxyAsync()
    {
        _proxy = await ProxyHost.OpenAsync(_node, _workers, _store, _settings.Proxy, _proxyFigures, _log, TimeProvider.System).ConfigureAwait(false);
        Report.Proxy = _proxy.Bound;
        _log.ProxyServing(string.Join(", ", _proxy.Bound));
    }

    /// <summary>The node serves from now on.</summary>
    public void SayReady() => _systemd.Ready(Health.Report.Summary);

    /// <summary>The configuration is read anew; <see cref="SayReady"/> ends that.</summary>
    public void SayReloading() => _systemd.Reloading();

    /// <summary>The node is about to end.</summary>
    public void SayStopping() => _systemd.Stopping();

    /// <summary>Watches until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => new HealthLoop(Health, _probe, _systemd, _log, TimeProvider.System).RunAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _proxy, null) is { } proxy) await proxy.DisposeAsync().ConfigureAwait(false);
        if (_http is not null) await _http.DisposeAsync().ConfigureAwait(false);
        _systemd.Dispose();
    }
}
