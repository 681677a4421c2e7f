using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Dna.Fast.Client;
using Dna.Fast.Hosting.Draining;
using Dna.Fast.Hosting.Stores;
using Dna.Fast.Http;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Logging;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting;

/// <summary>A node from its start to its end: this is where all parts meet.</summary>
/// <remarks>
/// Start: directory, store, id and known nodes, node, sockets, then the ready line. The store comes first because it alone decides who owns the directory.
/// End: drain, save the good nodes, sockets, node, store; each step has its time, and all of them together less than ten seconds.
/// </remarks>
internal sealed class NodeHost
{
    /// <summary>Acknowledgements wait for one commit, which takes a tenth of a second; a slow disk gets more.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan WorkersTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whatever hangs, the process is gone within ten seconds.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(9);

    private readonly RunSettings _settings;
    private readonly DataDirectory _directory;
    private readonly FasterValueStore _store;
    private readonly StderrLogger _log;
    private readonly StockState _state;
    private readonly ConfigInputs _inputs;
    private readonly Configuration _configuration;

    private NodeHost(ConfigInputs inputs, Configuration configuration, RunSettings settings, DataDirectory directory, FasterValueStore store, StderrLogger log)
    {
        _inputs = inputs;
        _configuration = configuration;
        _settings = settings;
        _directory = directory;
        _store = store;
        _log = log;
        _state = new StockState(settings.StateFile, log);
    }

    /// <summary>Runs a node until SIGTERM or SIGINT; SIGHUP reads the configuration anew.</summary>
    /// <param name="inputs">Where the configuration came from.</param>
    /// <param name="configuration">The configuration, without problems.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(ConfigInputs inputs, Configuration configuration, TextWriter output, TextWriter error)
    {
        var settings = RunSettings.Of(configuration);
        using var interrupt = new Interrupt(endsAtOnceOnSecond: false);
        using var hangup = new Hangup();
        Posix.KeepFilesPrivate();
        using var log = new StderrLogger(settings.LogLevel, settings.LogFormat, error, TimeProvider.System) { FoldWindow = settings.LogFold };
        try
        {
            DataDirectory directory = DataDirectory.Open(settings.DataDirectory);
            if (directory.IsOpenToOthers) log.DirectoryOpenToOthers(directory.FullPath);
            FasterValueStore? store = StoreOpener.Open(settings, directory, out string? problem);
            if (store is null) return await Commands.ClientCommand.FailAsync(error, ExitCode.Store, problem!).ConfigureAwait(false);
            if (store.Statistics.Damaged > 0) log.RecordsDamaged(store.Statistics.Damaged);
            if (configuration.File is { } file) log.ConfigUsed(file);
            return await new NodeHost(inputs, configuration, settings, directory, store, log).ServeAsync(output, error, hangup, interrupt.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await Commands.ClientCommand.FailAsync(error, ExitCode.Store, failure.Message).ConfigureAwait(false);
        }
    }

    private async Task<int> ServeAsync(TextWriter output, TextWriter error, Hangup hangup, CancellationToken interrupt)
    {
        Node node = CreateNode();
        Net.OpenResult opened = WorkerGroup.Open(
            new NetOptions
            {
                Addresses = Addresses(),
                Port = _settings.Port,
                SkipMissingFamily = _settings.Bind.Count == 0,
                HandlerFailed = _log.HandlerFailed,
            },
            node.Workers);
        if (opened.Group is not { } workers)
        {
            node.Dispose();
            _store.Dispose();
            int code = opened.Status == Net.OpenStatus.AddressInUse ? ExitCode.AddressInUse : ExitCode.Failed;
            return await Commands.ClientCommand.FailAsync(error, code, opened.Message).ConfigureAwait(false);
        }

        var watch = new NodeWatch(node, workers, _store, _settings, _log);
        try
        {
            await watch.OpenHttpAsync().ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            await watch.DisposeAsync().ConfigureAwait(false);
            workers.Dispose();
            node.Dispose();
            _store.Dispose();
            int code = HttpServer.IsAddressInUse(failure) ? ExitCode.AddressInUse : ExitCode.Failed;
            return await Commands.ClientCommand.FailAsync(error, code, failure.Message).ConfigureAwait(false);
        }

        using var housekeeping = new Housekeeping(node, _store, watch.Report, _directory.Nodes, _state, _log, TimeProvider.System) { StatisticsInterval = _settings.StatisticsInterval };
        await using var bootstrap = new BootstrapList(
            (text, cancellation) => Resolver.ResolveAsync(text, HostPort.DefaultPort, cancellation), new BootstrappedNode(node), _log, TimeProvider.System);
        bootstrap.Replace(_settings.Bootstrap);
        var live = new LiveSettings(node, _store, _log, bootstrap, housekeeping, watch);
        var reloading = new Reloading(_inputs, _configuration, live.Take, _log);
        using var drain = new DrainRun(node, _store, TimeProvider.System, _log);
        watch.IsDraining = () => drain.IsUnderWay;
        watch.HasBootstrap = () => !bootstrap.IsEmpty;
        StatusSocket? status = StatusSocket.Open(_directory.StatusSocket, watch.Answer, _log, new NodeStreams(drain, StoresOf(node)));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupt, hangup.TerminalGone);
        Task background = Background.WhenAllAsync([housekeeping.RunAsync(end.Token), watch.RunAsync(end.Token), watch.Traffic.RunAsync(end.Token), ReloadAsync(hangup, reloading, watch, end.Token)], _log, end.Token);
        IReadOnlyList<nuint> settled = StartPages.Settled();
        workers.Start();
        await SayReadyAsync(output, node, workers).ConfigureAwait(false);
        watch.SayReady();
        _ = StartPages.GiveBack(settled);
        using PeerDiscovery? discovery = Discover(node, workers);

        await WaitAsync(drain.Done, end.Token).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        if (hangup.TerminalGone.IsCancellationRequested) _log.TerminalGone();
        await StopAsync(node, workers, housekeeping, watch, status, drain, background).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private Node CreateNode()
    {
        var random = new SystemRandom();
        StateFile stock = _state.Read();
        InfoHash id = NodeIdFile.ReadOrCreate(_directory.NodeId, random, stock.Id, out string? damaged);
        if (damaged is not null) _log.NodeIdDamaged(damaged);
        IReadOnlyList<(InfoHash Id, NodeAddress Address)> known = GoodNodesFile.Read(_directory.Nodes, out int unread);
        if (unread > 0) _log.NodesFileDamaged(unread);
        bool v4 = Serves(IpFamily.V4), v6 = Serves(IpFamily.V6);
        var options = new NodeOptions
        {
            Id = id,
            Network = _settings.Network,
            RateLimits = _settings.RateLimits,
            Blocked = _settings.Blocked,
            Private = _settings.Private,
            IsPublicOnly = _settings.Bind.Count > 0 && _settings.Bind.All(address => PublicAddress.Is(address)),
            Storing = _settings.Storing,
            Bootstrap = [.. _settings.Bootstrap.Where(entry => !entry.IsName).Select(entry => entry.Literal)],
            KnownNodes = [.. known.Concat(stock.Nodes).Where(entry => entry.Address.IsV4 ? v4 : v6)],
            ServesV4 = v4,
            ServesV6 = v6,
        };
        int verifiers = Math.Max(1, Environment.ProcessorCount / 2);
        var parts = new NodeParts(_store, new RsaVerifier(), () => new SystemRandom(), _settings.Workers, verifiers);
        return new Node(options, parts, SystemClock.Instance.Now);
    }

    private StoreStreams StoresOf(Node node) => new(_store, node.Context.Verifier, TimeProvider.System, (key, id) =>
    {
        if (node.Context.Listened.Contains(key)) node.Context.Inbox.Changed(key, id, ValueChange.Stored);
    });

    private PeerDiscovery? Discover(Node node, WorkerGroup workers)
    {
        if (!_settings.PeerDiscovery) return null;
        ushort port = workers.Bound[0].Port;
        bool started = PeerDiscovery.TryStart(
            node.Id, port, _settings.Network, Serves(IpFamily.V4), Serves(IpFamily.V6), (id, address) => node.AddNode(id, address),
            out PeerDiscovery? discovery, out string problem);
        if (!started)
            _log.NoDiscovery(problem);
        return discovery;
    }

    private bool Serves(IpFamily family) => Addresses().Any(address => address.Family == family);

    private IReadOnlyList<NodeAddress> Addresses() =>
        _settings.Bind.Count > 0 ? _settings.Bind : ClientSession.Wildcards(Socket.OSSupportsIPv4, Socket.OSSupportsIPv6);

    private async Task ReloadAsync(Hangup hangup, Reloading reloading, NodeWatch watch, CancellationToken end)
    {
        while (true)
        {
            await hangup.WaitAsync(end).ConfigureAwait(false);
            watch.SayReloading();
            Background.Act(reloading.Reload, _log);
            watch.SayReady();
        }
    }

    private async Task SayReadyAsync(TextWriter output, Node node, WorkerGroup workers)
    {
        string addresses = string.Join(',', workers.Bound);
        long values = _store.Statistics.Values;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ready udp={addresses} node={node.Id} values={values}")).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        _log.Serving(addresses, node.Id.ToString(), values, _directory.FullPath);
    }

    private async Task StopAsync(Node node, WorkerGroup workers, Housekeeping housekeeping, NodeWatch watch, StatusSocket? status, DrainRun drain, Task background)
    {
        long start = Stopwatch.GetTimestamp();
        watch.SayStopping();
        _log.Stopping(drain.Done.IsCompleted ? "drained" : "a signal");
        using var watchdog = new Timer(
            _ =>
            {
                _log.StopTooSlow();
                Environment.Exit(ExitCode.Failed);
            },
            null, StopTimeout, Timeout.InfiniteTimeSpan);
        await drain.StopAsync().ConfigureAwait(false);
        node.Drain();
        if (!await IsDrainedAsync(node).ConfigureAwait(false)) _log.NotDrained();
        housekeeping.SaveNodes();
        watch.Traffic.Look();
        watch.Traffic.Save();
        await background.ConfigureAwait(false);
        await watch.DisposeAsync().ConfigureAwait(false);
        if (status is not null) await status.DisposeAsync().ConfigureAwait(false);
        workers.Stop(WorkersTimeout);
        node.Dispose();
        _store.Dispose();
        _log.Stopped((long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static async Task<bool> IsDrainedAsync(Node node)
    {
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(DrainPoll);
        while (!node.IsDrained)
        {
            if (Stopwatch.GetElapsedTime(start) > DrainTimeout) return false;
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
        }

        return true;
    }

    private static async Task WaitAsync(Task drained, CancellationToken interrupt)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = interrupt.Register(() => ended.TrySetResult());
        await Task.WhenAny(ended.Task, drained).ConfigureAwait(false);
    }
}
