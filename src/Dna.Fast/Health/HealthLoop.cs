using Dna.Fast.Hosting;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Health;

/// <summary>Looks after the node's health every few seconds: asks quiet peers, lets changes be told, and feeds systemd's watchdog while the node's machinery turns.</summary>
/// <remarks>A look that fails is logged and feeds nothing; the next one comes all the same.</remarks>
internal sealed class HealthLoop(HealthMonitor monitor, PeerProbe probe, SystemdNotifier systemd, ILogger log, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Of a watchdog's interval: one late look must not end the node.</summary>
    private const int LooksPerWatchdog = 3;

    /// <summary>Shortest pause, for a watchdog that somebody set to milliseconds.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan interval = systemd.WatchdogInterval is { } watchdog && watchdog / LooksPerWatchdog < Interval ? watchdog / LooksPerWatchdog : Interval;
        using var timer = new PeriodicTimer(interval > IntervalMin ? interval : IntervalMin, time);
        Background.Act(Look, log);
        await Background.EveryAsync(timer, Look, log, cancellation).ConfigureAwait(false);
    }

    private void Look()
    {
        probe.Turn();
        HealthReport report = monitor.Report;
        systemd.Status(report.Summary, report.IsAlive);
    }
}
