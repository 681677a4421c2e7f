using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Portable;

/// <summary>Sockets by <see cref="Socket"/>. All workers receive from the same socket of an address: SO_REUSEPORT spreads senders on Linux alone.</summary>
internal sealed class PortableSocketSystem : SocketSystem
{
    /// <summary>Wanted kernel buffers in bytes, as on Linux; the system may cut them.</summary>
    private const int BufferBytes = 4 * 1024 * 1024;

    /// <summary>Windows: without it, an ICMP "port unreachable" for one datagram makes a later receive fail.</summary>
    private const int IoControlUdpConnectionReset = -1744830452;

    public override UdpSocket? OpenFirst(in NodeAddress address, out OpenFailure? failure)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            Configure(socket, address);
            socket.Bind(address.ToEndPoint());
            failure = null;
            return new PortableUdpSocket(socket, NodeAddress.From((IPEndPoint)socket.LocalEndPoint!), ownsSocket: true);
        }
        catch (SocketException error)
        {
            socket?.Dispose();
            failure = Explain(error);
            return null;
        }
    }

    public override UdpSocket? OpenNext(UdpSocket first, out OpenFailure? failure)
    {
        failure = null;
        return new PortableUdpSocket(((PortableUdpSocket)first).Socket, first.Bound, ownsSocket: false);
    }

    public override Waiter CreateWaiter(IReadOnlyList<UdpSocket> sockets) => new PortableWaiter([.. sockets.Cast<PortableUdpSocket>().Select(socket => socket.Socket)]);

    private static void Configure(Socket socket, in NodeAddress address)
    {
        socket.Blocking = false;
        socket.ReceiveBufferSize = BufferBytes;
        socket.SendBufferSize = BufferBytes;
        if (!address.IsV4) socket.DualMode = false;
        if (!OperatingSystem.IsWindows()) return;
        socket.ExclusiveAddressUse = true;
        socket.IOControl(IoControlUdpConnectionReset, [0, 0, 0, 0], null);
    }

    private static OpenFailure Explain(SocketException error) => new(
        error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => OpenStatus.AddressInUse,
            SocketError.AccessDenied => OpenStatus.NotPermitted,
            SocketError.AddressNotAvailable => OpenStatus.AddressNotAvailable,
            SocketError.AddressFamilyNotSupported => OpenStatus.FamilyMissing,
            _ => OpenStatus.Failed,
        },
        error.Message);
}
