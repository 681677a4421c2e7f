using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Dna.Fast.Health;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dna.Fast.Tests.Health;

/// <summary>The notifier over a real datagram socket, as systemd holds the other end of one.</summary>
public sealed class SystemdNotifierTests : IDisposable
{
    private const int Self = 4711;
    private readonly string _path = Path.Combine(Path.GetTempPath(), "dna-notify-" + Guid.NewGuid().ToString("N"));
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };

    public void Dispose()
    {
        _systemd.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void It_says_ready_status_watchdog_and_stopping()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(_path));
        using SystemdNotifier notifier = Open(("WATCHDOG_USEC", "30000000"), ("WATCHDOG_PID", "4711"));
        Assert.Equal(TimeSpan.FromSeconds(30), notifier.WatchdogInterval);
        notifier.Ready("ready: 3 good\ncontacts");
        Assert.Equal("READY=1\nSTATUS=ready: 3 good contacts", Heard());
        notifier.Status("all well", isAlive: true);
        Assert.Equal("WATCHDOG=1\nSTATUS=all well", Heard());
        notifier.Stopping();
        Assert.Equal("STOPPING=1\nSTATUS=stopping", Heard());
    }

    [Fact]
    public void A_reload_is_told_with_the_monotonic_time_behind_its_signal()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(_path));
        using SystemdNotifier notifier = Open();
        long before = MonotonicMicroseconds();
        notifier.Reloading();
        string[] lines = Heard().Split('\n');
        Assert.Equal("RELOADING=1", lines[0]);
        Assert.StartsWith("MONOTONIC_USEC=", lines[1], StringComparison.Ordinal);
        Assert.InRange(long.Parse(lines[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture), before, MonotonicMicroseconds());
        Assert.StartsWith("STATUS=", lines[2], StringComparison.Ordinal);
    }

    private static long MonotonicMicroseconds() => (long)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1e6));

    [Fact]
    public void A_node_that_hangs_does_not_feed_the_watchdog()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(_path));
        using SystemdNotifier notifier = Open(("WATCHDOG_USEC", "30000000"));
        notifier.Status("a packet thread has not turned", isAlive: false);
        Assert.Equal("STATUS=a packet thread has not turned", Heard());
    }

    [Fact]
    public void Without_a_watchdog_or_with_one_for_another_process_none_is_fed()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(_path));
        using SystemdNotifier without = Open();
        without.Status("well", isAlive: true);
        Assert.Equal("STATUS=well", Heard());
        using SystemdNotifier another = Open(("WATCHDOG_USEC", "30000000"), ("WATCHDOG_PID", "1"));
        Assert.Null(another.WatchdogInterval);
        another.Status("well", isAlive: true);
        Assert.Equal("STATUS=well", Heard());
    }

    [Fact]
    public void An_abstract_name_works_too()
    {
        string name = "dna-notify-" + Guid.NewGuid().ToString("N");
        _systemd.Bind(new UnixDomainSocketEndPoint('\0' + name));
        using var notifier = new SystemdNotifier(variable => variable == "NOTIFY_SOCKET" ? "@" + name : null, Self, NullLogger.Instance);
        notifier.Ready("well");
        Assert.Equal("READY=1\nSTATUS=well", Heard());
    }

    [Fact]
    public void Nobody_there_and_no_variable_are_no_error()
    {
        using var silent = new SystemdNotifier(_ => null, Self, NullLogger.Instance);
        silent.Ready("well");
        using SystemdNotifier alone = Open();
        alone.Ready("well");
        alone.Stopping();
    }

    private SystemdNotifier Open(params (string Name, string Value)[] variables) => new(
        variable => variable == "NOTIFY_SOCKET" ? _path : variables.FirstOrDefault(entry => entry.Name == variable).Value, Self, NullLogger.Instance);

    private string Heard()
    {
        byte[] datagram = new byte[4096];
        return Encoding.UTF8.GetString(datagram, 0, _systemd.Receive(datagram));
    }
}
