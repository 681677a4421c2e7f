using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Health;

/// <summary>Tells systemd what the node is doing: datagrams to the socket in <c>NOTIFY_SOCKET</c> (sd_notify(3)). Without that variable it says nothing to nobody.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _to;
    private readonly ILogger _log;
    private bool _hasFailed;

    /// <param name="environment">Reads a variable.</param>
    /// <param name="processId">Ours: a watchdog may be meant for another process.</param>
    public SystemdNotifier(Func<string, string?> environment, int processId, ILogger log)
    {
        _log = log;
        string? path = environment("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@')) return;
        try
        {
            // An '@' stands for the zero byte of an abstract name.
            _to = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            Fail(failure.Message);
            return;
        }

        string? watched = environment("WATCHDOG_PID");
        if (watched is { Length: > 0 } && watched != processId.ToString(CultureInfo.InvariantCulture)) return;
        if (long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(microseconds);
    }

    /// <summary>How often at least systemd wants to hear that all is well; null: it does not.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>The sockets are open and the store is read. (That peers are there is readiness of another kind: a unit must not fail because the network is late.)</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <param name="isAlive">True also keeps the watchdog quiet.</param>
    public void Status(string status, bool isAlive) => Send(isAlive && WatchdogInterval is not null ? $"WATCHDOG=1\nSTATUS={OneLine(status)}" : $"STATUS={OneLine(status)}");

    /// <summary>The configuration is read anew, until <see cref="Ready"/> is said again. The time tells systemd (<c>Type=notify-reload</c>) that this answers its signal.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)Stopwatch.GetElapsedTime(0).TotalMicroseconds}\nSTATUS=reading the configuration anew"));

    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null || _to is null) return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _to);
            _hasFailed = false;
        }
        catch (SocketException failure)
        {
            Fail(failure.Message);
        }
    }

    private void Fail(string reason)
    {
        if (!_hasFailed) _log.NotNotified(reason);
        _hasFailed = true;
    }
}
