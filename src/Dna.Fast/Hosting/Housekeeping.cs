using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>What a running node does now and then: saves its good nodes, says its statistics, tells when the store's health changes.</summary>
internal sealed class Housekeeping(Node node, IValueStore store, StatusReport report, string nodesFile, StockState state, ILogger log, TimeProvider time) : IDisposable
{
    /// <summary>A node that is killed joins again by nodes that were good this long ago at most.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(10);
    private readonly PeriodicTimer _statistics = new(Timeout.InfiniteTimeSpan, time);
    private string _health = "ok";

    /// <summary>Time between statistics lines; zero: none. Any thread, at any time before the end.</summary>
    public TimeSpan StatisticsInterval
    {
        set => _statistics.Period = value > TimeSpan.Zero ? value : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(
        EveryAsync(SaveInterval, SaveNodes, cancellation),
        EveryAsync(HealthInterval, CheckStore, cancellation),
        Background.EveryAsync(_statistics, SayStatistics, log, cancellation));

    public void Dispose() => _statistics.Dispose();

    /// <summary>Saves the good nodes; a failure is logged and forgotten.</summary>
    public void SaveNodes()
    {
        state.Write(node);
        try
        {
            IReadOnlyList<(Wire.InfoHash Id, Wire.NodeAddress Address)> nodes = node.GoodNodes();
            GoodNodesFile.Write(nodesFile, nodes);
            log.NodesSaved(nodes.Count);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.NodesNotSaved(failure.Message);
        }
    }

    private void CheckStore()
    {
        string health = store.Statistics.Health;
        if (health == _health) return;
        _health = health;
        if (health == "ok") log.StoreWell();
        else log.StoreUnwell(health);
    }

    private void SayStatistics()
    {
        StoreStatistics values = store.Statistics;
        NodeStatus status = node.Status;
        log.Statistics(
            values.Values, values.Bytes, status.V4.Good, status.V6.Good, status.Listeners,
            report.Count(Counter.DatagramsIn), report.Count(Counter.DatagramsOut), report.Drops(), Environment.WorkingSet);
    }

    private async Task EveryAsync(TimeSpan interval, Action act, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        await Background.EveryAsync(timer, act, log, cancellation).ConfigureAwait(false);
    }
}
