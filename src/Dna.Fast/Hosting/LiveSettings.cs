using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Logging;
using Dna.Fast.Proxy;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;
using Dna.Fast.Storage;

namespace Dna.Fast.Hosting;

/// <summary>Hands new values of live settings to the parts that use them, while they run.</summary>
internal sealed class LiveSettings(Node node, FasterValueStore store, StderrLogger log, BootstrapList bootstrap, Housekeeping housekeeping, NodeWatch watch)
{
    private static readonly Dictionary<ConfigKey, Action<LiveSettings, Configuration>> Users = new()
    {
        [NetworkKeys.Bootstrap] = (parts, configuration) => parts._bootstrap.Replace(configuration.Get(NetworkKeys.Bootstrap)),
        [StoreKeys.Limit] = (parts, configuration) => parts._store.LimitBytes = configuration.Get(StoreKeys.Limit),
        [LimitKeys.RequestsPerSecond] = (parts, configuration) => parts._traffic.Rates = RunSettings.LimitsOf(configuration),
        [LimitKeys.RequestsPerSource] = (parts, configuration) => parts._traffic.Rates = RunSettings.LimitsOf(configuration),
        [LimitKeys.Blocked] = (parts, configuration) => parts._node.Blocked = new BlockedRanges(configuration.Get(LimitKeys.Blocked)),
        [LimitKeys.Private] = (parts, configuration) => parts._node.Context.Gate.Private = configuration.Get(LimitKeys.Private),
        [LimitKeys.MonthlyTraffic] = (parts, configuration) => parts._traffic.Limit = RunSettings.TrafficOf(configuration),
        [LimitKeys.TrafficMonthDay] = (parts, configuration) => parts._traffic.Limit = RunSettings.TrafficOf(configuration),
        [StoreKeys.AllowSources] = (parts, configuration) => parts._node.Context.Gate.Storing = RunSettings.StoringOf(configuration),
        [StoreKeys.AllowKeys] = (parts, configuration) => parts._node.Context.Gate.Storing = RunSettings.StoringOf(configuration),
        [LogKeys.Level] = (parts, configuration) => parts._log.Least = configuration.Get(LogKeys.Level),
        [LogKeys.Format] = (parts, configuration) => parts._log.Format = configuration.Get(LogKeys.Format),
        [LogKeys.Fold] = (parts, configuration) => parts._log.FoldWindow = TimeSpan.FromSeconds(configuration.Get(LogKeys.Fold)),
        [LogKeys.StatisticsInterval] = (parts, configuration) =>
            parts._housekeeping.StatisticsInterval = TimeSpan.FromSeconds(configuration.Get(LogKeys.StatisticsInterval)),
    };

    /// <summary>Taken together at each reload, also when none changed: the files they name may have.</summary>
    private static readonly ConfigKey[] OfTheProxy = [.. ProxyKeys.All.Where(key => key.IsLive)];

    private readonly Node _node = node;
    private readonly FasterValueStore _store = store;
    private readonly StderrLogger _log = log;
    private readonly BootstrapList _bootstrap = bootstrap;
    private readonly Housekeeping _housekeeping = housekeeping;
    private readonly TrafficBudget _traffic = watch.Traffic;

    /// <summary>Keys somebody here takes: all that call themselves live, which a test holds them to.</summary>
    public static IReadOnlyCollection<ConfigKey> Keys => [.. Users.Keys, .. OfTheProxy];

    /// <summary>Hands over the values of some live keys.</summary>
    public void Take(Configuration configuration, IEnumerable<ConfigKey> keys)
    {
        foreach (ConfigKey key in keys.Except(OfTheProxy)) Users[key](this, configuration);
        watch.ReloadProxy(ProxySettings.Of(configuration));
    }
}
