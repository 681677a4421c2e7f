using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>Finds nodes on the local network by multicast, and is found (section 9.4): asks and announces a few times, answers who asks.</summary>
/// <remarks>
/// One background thread per family, which ends with <see cref="Dispose"/>. Packets are small and rare, so this way uses ordinary sockets. Nothing
/// leaves the local network: the multicast scope and a time to live of 1 see to it.
/// </remarks>
public sealed class PeerDiscovery : IDisposable
{
    /// <summary>Announcements sent to who asks, per second: a flood of questions must not make us flood.</summary>
    private const int AnswersPerSecondMax = 32;

    /// <summary>When the question and the announcement are repeated, in seconds after the first.</summary>
    /// <remarks>
    /// Multicast is not acknowledged, and a stock node that starts in the same moment asks before we listen and listens after we asked: said once, both would be
    /// alone for good. 10, 20 and 40 s are what stock nodes repeat at; the early ones make the usual loss unnoticed.
    /// </remarks>
    private static readonly int[] RepeatSeconds = [1, 3, 10, 20, 40];

    private static readonly IPAddress Group4 = IPAddress.Parse("239.192.0.1");
    private static readonly IPAddress Group6 = IPAddress.Parse("ff08::101");

    private readonly InfoHash _id;
    private readonly ushort _port;
    private readonly uint _network;
    private readonly Action<InfoHash, NodeAddress> _found;
    private readonly List<Socket> _sockets = [];
    private readonly List<Thread> _threads = [];
    private readonly Timer _repeat;
    private int _repeats;
    private volatile bool _isDisposed;

    private PeerDiscovery(InfoHash id, ushort port, uint network, Action<InfoHash, NodeAddress> found)
    {
        _id = id;
        _port = port;
        _network = network;
        _found = found;
        _repeat = new Timer(_ => Repeat());
    }

    /// <summary>Starts discovery in every family that is asked for and can: in another, others would be told of an address where nobody answers.</summary>
    /// <param name="id">Our node id.</param>
    /// <param name="port">The UDP port our node answers on.</param>
    /// <param name="network">Network id: nodes of others are left alone.</param>
    /// <param name="v4">Our node answers on IPv4.</param>
    /// <param name="v6">Our node answers on IPv6.</param>
    /// <param name="found">Told of each node that announces itself, on a thread of this object. Must return at once.</param>
    /// <param name="discovery">The running discovery; null on failure.</param>
    /// <param name="error">Why no family could: one sentence for people.</param>
    public static bool TryStart(
        InfoHash id, ushort port, uint network, bool v4, bool v6, Action<InfoHash, NodeAddress> found, out PeerDiscovery? discovery, out string error)
    {
        var started = new PeerDiscovery(id, port, network, found);
        string[] problems = [v4 ? started.Join(AddressFamily.InterNetwork) : "", v6 ? started.Join(AddressFamily.InterNetworkV6) : ""];
        discovery = started._sockets.Count > 0 ? started : null;
        if (discovery is null) started.Dispose();
        else discovery.Announce();
        error = discovery is null ? $"peer discovery needs UDP port {DiscoveryPacket.Port}: {string.Join("; ", problems.Where(problem => problem.Length > 0))}" : "";
        return discovery is not null;
    }

    /// <summary>Asks and announces again, after the network changed; a few times within the next minute. Any thread.</summary>
    public void Announce()
    {
        Volatile.Write(ref _repeats, 0);
        foreach (Socket socket in _sockets) Publish(socket);
        Schedule();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _repeat.Dispose();
        foreach (Socket socket in _sockets) socket.Dispose();
        foreach (Thread thread in _threads) thread.Join(TimeSpan.FromSeconds(2));
    }

    private static IPEndPoint GroupOf(Socket socket) =>
        new(socket.AddressFamily == AddressFamily.InterNetwork ? Group4 : Group6, DiscoveryPacket.Port);

    private void Repeat()
    {
        if (_isDisposed) return;
        foreach (Socket socket in _sockets) Publish(socket);
        Interlocked.Increment(ref _repeats);
        Schedule();
    }

    private void Schedule()
    {
        int done = Volatile.Read(ref _repeats);
        if (done >= RepeatSeconds.Length) return;
        int pause = RepeatSeconds[done] - (done == 0 ? 0 : RepeatSeconds[done - 1]);
        try
        {
            _repeat.Change(TimeSpan.FromSeconds(pause), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Ended in this very moment.
        }
    }

    private string Join(AddressFamily family)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (family == AddressFamily.InterNetwork)
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, DiscoveryPacket.Port));
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group4));
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
            }
            else
            {
                socket.DualMode = false;
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, DiscoveryPacket.Port));
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(Group6));
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 1);
            }
        }
        catch (SocketException problem)
        {
            socket?.Dispose();
            return problem.Message;
        }

        _sockets.Add(socket);
        var thread = new Thread(() => Receive(socket)) { IsBackground = true, Name = "dna-discovery" };
        _threads.Add(thread);
        thread.Start();
        return "";
    }

    private void Publish(Socket socket)
    {
        Span<byte> packet = stackalloc byte[DiscoveryPacket.BytesMax];
        Send(socket, packet[..DiscoveryPacket.WriteQuery(packet)], GroupOf(socket));
        Send(socket, packet[..DiscoveryPacket.WriteAnnouncement(packet, _id, _port, _network)], GroupOf(socket));
    }

    private void Receive(Socket socket)
    {
        var buffer = new byte[1500];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        long second = 0;
        int answers = 0;
        while (!_isDisposed)
        {
            int length;
            try
            {
                length = socket.ReceiveFrom(buffer, ref from);
            }
            catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
            {
                if (_isDisposed || problem is ObjectDisposedException) return;
                continue;
            }

            ReadOnlySpan<byte> packet = buffer.AsSpan(0, length);
            if (DiscoveryPacket.IsQuery(packet))
            {
                long now = Environment.TickCount64 / 1000;
                if (now != second) (second, answers) = (now, 0);
                if (answers++ < AnswersPerSecondMax) Answer(socket, from);
            }
            else if (DiscoveryPacket.TryReadAnnouncement(packet, out InfoHash id, out ushort port, out uint network))
            {
                if (network == _network && id != _id) _found(id, NodeAddress.From((IPEndPoint)from).WithPort(port));
            }
        }
    }

    private void Answer(Socket socket, EndPoint to)
    {
        Span<byte> packet = stackalloc byte[DiscoveryPacket.BytesMax];
        Send(socket, packet[..DiscoveryPacket.WriteAnnouncement(packet, _id, _port, _network)], to);
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> packet, EndPoint to)
    {
        try
        {
            socket.SendTo(packet, SocketFlags.None, to);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // No route to the group, or the socket is being closed: who did not hear us now asks when it starts.
        }
    }
}
