// UNSAFE CODE, and why it is safe: pointers are to locals that outlive the call. The descriptor is a plain number on the packet path, because only the
// worker's thread uses it and it is closed after that thread has ended.
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary>A UDP socket with batched system calls.</summary>
internal sealed unsafe class LinuxUdpSocket : UdpSocket
{
    /// <summary>Wanted kernel buffers, in bytes. A burst of some thousand small datagrams, or one largest value with its neighbours; used only while something waits.</summary>
    private const int BufferBytes = 4 * 1024 * 1024;

    /// <summary>Fields of SO_MEMINFO, and which of them counts drops.</summary>
    private const int MemoryInfoFields = 16;
    private const int MemoryInfoDrops = 8;

    private readonly DescriptorHandle _handle;
    private readonly int _descriptor;
    private readonly ReceiveBatch _receive;
    private readonly SendBatch _send;

    private LinuxUdpSocket(DescriptorHandle handle, NodeAddress bound)
        : base(bound)
    {
        _handle = handle;
        _descriptor = handle.Number;
        bool isWildcard = bound.IsUnspecified;
        _receive = new ReceiveBatch(isWildcard);
        _send = new SendBatch(isWildcard, bound.Family, canCut: KnowsSegments(_descriptor));
    }

    /// <summary>The descriptor, for the worker's waiter.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Opens and binds.</summary>
    /// <param name="address">Port 0 takes a free one.</param>
    /// <param name="isShared">True: joins the sockets that hold this address and port in this process. False: fails when anybody holds it.</param>
    /// <param name="error">Error number; 0 when it went well.</param>
    public static LinuxUdpSocket? Open(in NodeAddress address, bool isShared, out int error)
    {
        error = 0;
        int family = address.IsV4 ? LibC.AddressFamilyV4 : LibC.AddressFamilyV6;
        var handle = new DescriptorHandle(LibC.Socket(family, LibC.DatagramNonBlockingCloseOnExec, 0));
        if (!handle.IsInvalid && Configure(handle.Number, address, isShared) && Bind(handle.Number, address, out NodeAddress bound))
        {
            return new LinuxUdpSocket(handle, bound);
        }

        error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return null;
    }

    /// <summary>From now on others of this user may join this address and port.</summary>
    public bool Share() => Set(_descriptor, LibC.LevelSocket, LibC.ReusePort, 1);

    public override int Receive(PipeWriter inbound)
    {
        int count = _receive.Receive(_descriptor, inbound, Number);
        if (count >= 0) return count;
        // An error that waits on the socket (an ICMP message of an earlier datagram) is taken off by the call that reports it; nothing more to do.
        return 0;
    }

    public override ReadOnlySpan<byte> Overflow(in RecordHeader header) => _receive.Overflow(header);

    public override SendOutcome Send(in ReadOnlySequence<byte> records) => _send.Send(_descriptor, records);

    public override uint ReadDrops()
    {
        uint* fields = stackalloc uint[MemoryInfoFields];
        uint length = MemoryInfoFields * sizeof(uint);
        bool known = LibC.GetOption(_descriptor, LibC.LevelSocket, LibC.MemoryInfo, fields, &length) == 0 && length > MemoryInfoDrops * sizeof(uint);
        return known ? fields[MemoryInfoDrops] : 0;
    }

    public override void Trim() => _receive.Trim();

    public override void Dispose()
    {
        _handle.Dispose();
        _receive.Dispose();
    }

    // Since Linux 4.18. An older kernel would overlook the control message and send one large datagram.
    private static bool KnowsSegments(int descriptor)
    {
        int value;
        uint length = sizeof(int);
        return LibC.GetOption(descriptor, LibC.LevelUdp, LibC.UdpSegment, &value, &length) == 0;
    }

    private static bool Configure(int descriptor, in NodeAddress address, bool isShared)
    {
        // The plain options are cut to the system's limit (net.core.rmem_max); the forced ones need a privilege and may fail.
        if (!Set(descriptor, LibC.LevelSocket, LibC.ReceiveBufferForce, BufferBytes)) Set(descriptor, LibC.LevelSocket, LibC.ReceiveBuffer, BufferBytes);
        if (!Set(descriptor, LibC.LevelSocket, LibC.SendBufferForce, BufferBytes)) Set(descriptor, LibC.LevelSocket, LibC.SendBuffer, BufferBytes);
        if (isShared && !Set(descriptor, LibC.LevelSocket, LibC.ReusePort, 1)) return false;
        if (!address.IsV4 && !Set(descriptor, LibC.LevelIpV6, LibC.V6Only, 1)) return false;
        if (!address.IsUnspecified) return true;
        return address.IsV4 ? Set(descriptor, LibC.LevelIp, LibC.IpPacketInfo, 1) : Set(descriptor, LibC.LevelIpV6, LibC.V6ReceivePacketInfo, 1);
    }

    private static bool Bind(int descriptor, in NodeAddress address, out NodeAddress bound)
    {
        bound = default;
        SocketName name = default;
        uint length = name.Write(address);
        if (LibC.Bind(descriptor, &name, length) != 0) return false;
        length = SocketName.Bytes;
        if (LibC.GetSocketName(descriptor, &name, &length) != 0) return false;
        bound = name.Read();
        return true;
    }

    private static bool Set(int descriptor, int level, int option, int value) =>
        LibC.SetOption(descriptor, level, option, &value, sizeof(int)) == 0;
}
