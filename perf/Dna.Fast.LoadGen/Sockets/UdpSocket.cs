// UNSAFE CODE, and why it is safe: pointers are to locals that outlive each call, with their lengths beside them; the descriptor is closed
// once, by its only owner, after the threads that use it have ended.
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>A non-blocking UDP socket. One thread at a time.</summary>
internal sealed unsafe class UdpSocket : IDisposable
{
    private int _descriptor;

    private UdpSocket(int descriptor, in NodeAddress local)
    {
        _descriptor = descriptor;
        Local = local;
    }

    public int Descriptor => _descriptor;

    /// <summary>The address the kernel gave it, port included.</summary>
    public NodeAddress Local { get; }

    /// <summary>Opens a socket.</summary>
    /// <param name="local">Address to bind; port 0: any.</param>
    /// <param name="peer">Connects to this address when valid: the kernel then drops what comes from elsewhere and tells of closed
    /// ports.</param>
    /// <param name="reusePort">True: several sockets share the port, and the kernel spreads the peers over them.</param>
    /// <param name="bufferBytes">Asked for both directions; the kernel's limits apply.</param>
    /// <returns>0, or the error number.</returns>
    public static int Open(in NodeAddress local, in NodeAddress peer, bool reusePort, int bufferBytes, out UdpSocket? socket)
    {
        socket = null;
        int descriptor = LibC.Socket(local.IsV4 ? LibC.AddressFamilyV4 : LibC.AddressFamilyV6, LibC.DatagramNonBlockingCloseOnExec, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        int error = Prepare(descriptor, local, peer, reusePort, bufferBytes, out NodeAddress bound);
        if (error != 0)
        {
            LibC.Close(descriptor);
            return error;
        }

        socket = new UdpSocket(descriptor, bound);
        return 0;
    }

    /// <summary>True when the kernel splits one send into datagrams of equal size (<c>UDP_SEGMENT</c>).</summary>
    public bool KnowsSegments()
    {
        // Asked with a size of 0, which changes nothing.
        int none = 0;
        return LibC.SetOption(_descriptor, LibC.LevelUdp, LibC.UdpSegment, &none, sizeof(int)) == 0;
    }

    public void Dispose()
    {
        if (_descriptor < 0) return;
        LibC.Close(_descriptor);
        _descriptor = -1;
    }

    private static int Prepare(int descriptor, in NodeAddress local, in NodeAddress peer, bool reusePort, int bufferBytes,
        out NodeAddress bound)
    {
        bound = local;
        int one = 1, size = bufferBytes;
        if (reusePort
            && LibC.SetOption(descriptor, LibC.LevelSocket, LibC.ReusePort, &one, sizeof(int)) != 0) return Marshal.GetLastPInvokeError();

        // A smaller buffer than asked for is no error: what it loses is counted.
        LibC.SetOption(descriptor, LibC.LevelSocket, LibC.ReceiveBuffer, &size, sizeof(int));
        LibC.SetOption(descriptor, LibC.LevelSocket, LibC.SendBuffer, &size, sizeof(int));
        SocketName name = default;
        uint length = name.Write(local);
        if (LibC.Bind(descriptor, &name, length) != 0) return Marshal.GetLastPInvokeError();
        if (peer.IsValid)
        {
            length = name.Write(peer);
            if (LibC.Connect(descriptor, &name, length) != 0) return Marshal.GetLastPInvokeError();
        }

        length = SocketName.Bytes;
        if (LibC.GetSocketName(descriptor, &name, &length) != 0) return Marshal.GetLastPInvokeError();
        bound = name.Read();
        return 0;
    }
}
