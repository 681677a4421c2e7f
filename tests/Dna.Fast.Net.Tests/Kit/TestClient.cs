using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests.Kit;

/// <summary>A plain blocking UDP socket: the other side of every conversation.</summary>
internal sealed class TestClient : IDisposable
{
    /// <summary>How long a test waits for what must happen. It only bounds a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;

    public TestClient(IPAddress? bindTo = null)
    {
        bindTo ??= IPAddress.Loopback;
        _socket = new Socket(bindTo.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            ReceiveBufferSize = 4 * 1024 * 1024,
            SendBufferSize = 1024 * 1024,
        };
        _socket.Bind(new IPEndPoint(bindTo, 0));
    }

    public NodeAddress Address => NodeAddress.From((IPEndPoint)_socket.LocalEndPoint!);

    public void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, SocketFlags.None, to.ToEndPoint());

    /// <exception cref="SocketException">Nothing came in time.</exception>
    public (byte[] Datagram, NodeAddress From) Receive()
    {
        byte[] buffer = new byte[70_000];
        EndPoint from = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        int bytes = _socket.ReceiveFrom(buffer, ref from);
        return (buffer[..bytes], NodeAddress.From((IPEndPoint)from));
    }

    public (byte[] Datagram, NodeAddress From) Ask(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        Send(to, datagram);
        return Receive();
    }

    public void Dispose() => _socket.Dispose();
}
