using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Health;

/// <summary>What a node is asked about its health: it reads the facts, keeps what they were a while ago, and tells changes to the log, once each.</summary>
/// <remarks>Any thread. A report is computed when it is asked for, at most once a second, so it is never older than that.</remarks>
internal sealed class HealthMonitor
{
    private static readonly TimeSpan LongWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortWindow = TimeSpan.FromSeconds(30);

    /// <summary>A report serves this long: whoever asks more often asks the same.</summary>
    private const long ReportMs = 1_000;

    /// <summary>Samples of the windows lie at least this far apart.</summary>
    private const long SampleMs = 2_500;

    private readonly HealthSource _source;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly HealthWindow _window = new();
    private readonly Dictionary<string, HealthState> _said = [];
    private readonly long _bornMs;
    private HealthReport? _report;
    private long _reportedMs;
    private bool _reportedDraining;
    private long _sampledMs = long.MinValue / 2;
    private long _awaitedTicket;
    private long _awaitedMs;
    private int _most4;
    private int _most6;

    public HealthMonitor(HealthSource source, ILogger log)
    {
        _source = source;
        _log = log;
        _bornMs = source.Clock.Now.Ms;
        _awaitedMs = _bornMs;
        lock (_lock) Renew(source.Clock.Now);
    }

    public HealthReport Report
    {
        get
        {
            lock (_lock)
            {
                Instant now = _source.Clock.Now;
                // Who says drain may look at once whether it took: no second of an old report then.
                bool isFresh = now.Ms - _reportedMs < ReportMs && _source.IsDraining() == _reportedDraining;
                return _report is { } fresh && isFresh ? fresh : Renew(now);
            }
        }
    }

    private HealthReport Renew(in Instant now)
    {
        _reportedDraining = _source.IsDraining();
        HealthReport report = HealthRules.Judge(Gather(now));
        _report = report;
        _reportedMs = now.Ms;
        foreach (HealthCheck check in report.Checks) SayChange(check);
        return report;
    }

    private HealthFacts Gather(in Instant now)
    {
        NodeStatus status = _source.Status();
        StoreStatistics store = _source.Store();
        _most4 = Math.Max(_most4, status.V4.Good);
        _most6 = Math.Max(_most6, status.V6.Good);
        if (now.Ms - _sampledMs >= SampleMs)
        {
            _sampledMs = now.Ms;
            _window.Add(new HealthWindow.Sample(now.Ms, now.UnixMs, _source.Count(Counter.RequestsAnswered), _source.Count(Counter.RequestsExpired)));
        }

        (long answered, long expired) = _window.Since(LongWindow);
        (long answeredLately, long expiredLately) = _window.Since(ShortWindow);
        return new HealthFacts
        {
            V4 = new FamilyFacts(_source.ServesV4, status.V4.Good, _most4),
            V6 = new FamilyFacts(_source.ServesV6, status.V6.Good, _most6),
            HasSomebodyToJoin = _source.HasSomebodyToJoin(),
            IsDraining = _reportedDraining,
            Traffic = _source.Traffic(),
            Uptime = TimeSpan.FromMilliseconds(now.Ms - _bornMs),
            Answered = answered,
            Expired = expired,
            AnsweredLately = answeredLately,
            ExpiredLately = expiredLately,
            WorkerSilence = Since(now, _source.SlowestTurnMs()),
            OwnerSilence = Since(now, _source.OwnerTurnedMs()),
            StoreHealth = store.Health,
            StoreIsStalled = store.IsStalled,
            Uncommitted = Uncommitted(now, store.AppendedTicket),
            ClockJump = _window.ClockJump(),
            Now = DateTimeOffset.FromUnixTimeMilliseconds(now.UnixMs),
            DiskFree = _source.DiskFree(),
        };
    }

    // What was appended when we last looked must be committed soon, whatever came after it.
    private TimeSpan Uncommitted(in Instant now, long appended)
    {
        if (_source.CommittedTicket() >= _awaitedTicket)
        {
            _awaitedTicket = appended;
            _awaitedMs = now.Ms;
        }

        return TimeSpan.FromMilliseconds(now.Ms - _awaitedMs);
    }

    // A thread that has not begun has turned at time 0: it is silent since we are here.
    private TimeSpan Since(in Instant now, long turnedMs) => TimeSpan.FromMilliseconds(Math.Max(0, now.Ms - Math.Max(turnedMs, _bornMs)));

    private void SayChange(HealthCheck check)
    {
        HealthState before = _said.GetValueOrDefault(check.Name);
        if (check.State == before) return;
        _said[check.Name] = check.State;
        string state = HealthReport.NameOf(check.State);
        if (check.State > before) _log.HealthWorse(check.Name, state, check.Reason, check.Hint);
        else _log.HealthBetter(check.Name, state, check.Reason);
    }
}
