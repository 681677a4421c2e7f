using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Proxy;
using Dna.Fast.Settings.Keys;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Settings;

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>What a node is started with: its configuration, by name.</summary>
internal sealed record RunSettings
{
    public required ushort Port { get; init; }

    /// <summary>Addresses to bind; empty: all addresses of both families, where the host has them.</summary>
    public required IReadOnlyList<NodeAddress> Bind { get; init; }

    public required string DataDirectory { get; init; }

    public required IReadOnlyList<HostPort> Bootstrap { get; init; }

    public required uint Network { get; init; }

    /// <summary>Memory for stored values, in bytes; the rest is on disk.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Packed bytes of live values at most.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>A stock node's state file to follow and to leave behind; null: none.</summary>
    public string? StateFile { get; init; }

    /// <summary>Finds nodes on the local network by multicast, and is found.</summary>
    public bool PeerDiscovery { get; init; }

    /// <summary>TCP addresses for HTTP: health, metrics, the status page; empty: no HTTP.</summary>
    public IReadOnlyList<NodeAddress> Http { get; init; } = [];

    /// <summary>The REST proxy.</summary>
    public ProxySettings Proxy { get; init; } = new();

    public required RateLimits RateLimits { get; init; }

    /// <summary>Addresses it has nothing to do with.</summary>
    public BlockedRanges Blocked { get; init; } = BlockedRanges.None;

    /// <summary>What is done about addresses that are not public.</summary>
    public PrivateAddresses Private { get; init; }

    /// <summary>Who may store values.</summary>
    public StorePermission Storing { get; init; } = StorePermission.Everybody;

    /// <summary>IP traffic a month.</summary>
    public TrafficLimit Traffic { get; init; } = new(0, 1);

    public required int Workers { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>How long a repeated line is said once; zero: as often as it comes.</summary>
    public TimeSpan LogFold { get; init; }

    /// <summary>Zero: no statistics lines.</summary>
    public required TimeSpan StatisticsInterval { get; init; }

    public static RunSettings Of(Configuration configuration) => new()
    {
        Port = (ushort)configuration.Get(NetworkKeys.Port),
        Bind = configuration.Get(NetworkKeys.Bind),
        DataDirectory = configuration.Get(NodeKeys.Data),
        Bootstrap = configuration.Get(NetworkKeys.Bootstrap),
        Network = configuration.Get(NetworkKeys.Id),
        MemoryBytes = configuration.Get(StoreKeys.Memory),
        StoreBytes = configuration.Get(StoreKeys.Limit),
        StateFile = configuration.Get(NodeKeys.StateFile),
        PeerDiscovery = configuration.Get(NetworkKeys.PeerDiscovery),
        Http = configuration.Get(HttpKeys.Listen),
        Proxy = ProxySettings.Of(configuration),
        RateLimits = LimitsOf(configuration),
        Blocked = new BlockedRanges(configuration.Get(LimitKeys.Blocked)),
        Private = configuration.Get(LimitKeys.Private),
        Storing = StoringOf(configuration),
        Traffic = TrafficOf(configuration),
        Workers = configuration.Get(NodeKeys.Workers),
        LogLevel = configuration.Get(LogKeys.Level),
        LogFormat = configuration.Get(LogKeys.Format),
        LogFold = TimeSpan.FromSeconds(configuration.Get(LogKeys.Fold)),
        StatisticsInterval = TimeSpan.FromSeconds(configuration.Get(LogKeys.StatisticsInterval)),
    };

    public static StorePermission StoringOf(Configuration configuration) =>
        new(new BlockedRanges(configuration.Get(StoreKeys.AllowSources)), configuration.Get(StoreKeys.AllowKeys));

    public static TrafficLimit TrafficOf(Configuration configuration) =>
        new(configuration.Get(LimitKeys.MonthlyTraffic), configuration.Get(LimitKeys.TrafficMonthDay));

    public static RateLimits LimitsOf(Configuration configuration) =>
        new(configuration.Get(LimitKeys.RequestsPerSecond), configuration.Get(LimitKeys.RequestsPerSource));
}
