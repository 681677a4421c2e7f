using Dna.Fast.Health;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Logging;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Tests.Health;

/// <summary>The monitor with a clock the test moves and a node that is only numbers.</summary>
public sealed class HealthMonitorTests : IDisposable
{
    private readonly HandClock _clock = new();
    private readonly StringWriter _lines = new();
    private readonly Dictionary<Counter, long> _counts = [];
    private readonly HealthMonitor _monitor;
    private int _good = 3;
    private long _appended;
    private long _committed;

    public HealthMonitorTests() => _monitor = new HealthMonitor(
        new HealthSource
        {
            Clock = _clock,
            Status = () => Status(_good),
            Count = counter => _counts.GetValueOrDefault(counter),
            Store = () => new StoreStatistics(0, 0, 0, 0, 0, 0, 0, 0, "ok") { AppendedTicket = _appended },
            CommittedTicket = () => _committed,
            SlowestTurnMs = () => _clock.Now.Ms,
            OwnerTurnedMs = () => _clock.Now.Ms,
            DiskFree = () => 10L << 30,
            ServesV4 = true,
            ServesV6 = false,
            HasSomebodyToJoin = () => true,
        },
        new StderrLogger(LogLevel.Information, LogFormat.Text, _lines, TimeProvider.System));

    public void Dispose() => _lines.Dispose();

    [Fact]
    public void A_change_is_logged_once_and_so_is_the_way_back()
    {
        Assert.True(_monitor.Report.IsReady);
        Assert.Empty(Said());
        _good = 0;
        for (int i = 0; i < 3; i++)
        {
            _clock.Move(5);
            Assert.False(_monitor.Report.IsReady);
        }

        Assert.Contains("contacts is failing", Assert.Single(Said()), StringComparison.Ordinal);
        _good = 2;
        _clock.Move(5);
        Assert.True(_monitor.Report.IsReady);
        Assert.Contains("contacts is ok", Said()[^1], StringComparison.Ordinal);
        Assert.Equal(2, Said().Length);
    }

    [Fact]
    public void A_report_serves_for_a_second()
    {
        HealthReport first = _monitor.Report;
        Assert.Same(first, _monitor.Report);
        _clock.Move(1);
        Assert.NotSame(first, _monitor.Report);
    }

    [Fact]
    public void When_the_last_answers_are_half_a_minute_old_and_requests_run_out_the_node_is_not_ready()
    {
        Requests(answered: 50, expired: 0);
        Requests(answered: 0, expired: 8);
        Assert.True(_monitor.Report.IsReady);
        for (int i = 0; i < 7; i++) Requests(answered: 0, expired: 1);
        HealthReport report = _monitor.Report;
        Assert.False(report.IsReady);
        Assert.Equal(HealthState.Failing, report.Checks.Single(check => check.Name == HealthRules.Replies).State);

        // One answer is enough to be believed again.
        Requests(answered: 1, expired: 0);
        Assert.True(_monitor.Report.IsReady);
    }

    [Fact]
    public void What_was_appended_must_be_committed_whatever_comes_after_it()
    {
        _appended = 100;
        _clock.Move(5);
        Assert.True(_monitor.Report.IsReady);
        for (int i = 0; i < 4; i++)
        {
            _appended += 100;
            _clock.Move(5);
            _ = _monitor.Report;
        }

        Assert.False(_monitor.Report.IsAlive);
        _committed = 100;
        _clock.Move(1);
        Assert.True(_monitor.Report.IsAlive);

        // A store that takes more all the time and commits what came before is well.
        for (int i = 0; i < 10; i++)
        {
            _committed = _appended;
            _appended += 100;
            _clock.Move(5);
            Assert.True(_monitor.Report.IsAlive);
        }
    }

    [Fact]
    public void A_jump_of_the_clock_is_told_for_ten_minutes()
    {
        _clock.Move(5);
        Assert.True(Clock(HealthState.Ok));
        _clock.Jump(60);
        _clock.Move(5);
        Assert.True(Clock(HealthState.Warning));
        for (int i = 0; i < 110; i++)
        {
            _clock.Move(5);
            Assert.True(Clock(HealthState.Warning));
        }

        for (int i = 0; i < 12; i++)
        {
            _clock.Move(5);
            _ = _monitor.Report;
        }

        Assert.True(Clock(HealthState.Ok));
    }

    private bool Clock(HealthState state) => _monitor.Report.Checks.Single(check => check.Name == HealthRules.Clock).State == state;

    private void Requests(long answered, long expired)
    {
        _counts[Counter.RequestsAnswered] = _counts.GetValueOrDefault(Counter.RequestsAnswered) + answered;
        _counts[Counter.RequestsExpired] = _counts.GetValueOrDefault(Counter.RequestsExpired) + expired;
        _clock.Move(5);
        _ = _monitor.Report;
    }

    private string[] Said() => _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static NodeStatus Status(int good) => new()
    {
        Id = InfoHash.OfKey("node"),
        V4 = new FamilyStatus(Connectivity.Connected, good, 0, 0, 1),
        V6 = default,
        Searches = 0,
        PendingRequests = 0,
        Listeners = 0,
        Subscriptions = 0,
        PermanentPuts = 0,
        Blacklisted = 0,
        ReportedAddress = default,
    };

    private sealed class HandClock : IClock
    {
        public Instant Now { get; private set; } = new(1_000_000, 1_795_000_000_000);

        public void Move(int seconds) => Now = new Instant(Now.Ms + seconds * 1000, Now.UnixMs + seconds * 1000);

        public void Jump(int seconds) => Now = Now with { UnixMs = Now.UnixMs + seconds * 1000 };
    }
}
