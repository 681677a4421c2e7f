using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Portable;

/// <summary>A UDP socket where there are no batched calls: one call a datagram, into the same pipes.</summary>
/// <remarks>The socket may serve several workers; what is here serves one. Addresses travel as raw socket addresses, which allocate nothing.</remarks>
internal sealed class PortableUdpSocket : UdpSocket
{
    /// <summary>The largest UDP payload there is: over IPv6, without jumbograms.</summary>
    private const int DatagramBytesMax = 65_527;

    private readonly Socket _socket;
    private readonly bool _ownsSocket;
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;

    /// <param name="socket">Bound and non-blocking.</param>
    /// <param name="ownsSocket">True: disposes it.</param>
    public PortableUdpSocket(Socket socket, NodeAddress bound, bool ownsSocket)
        : base(bound)
    {
        _socket = socket;
        _ownsSocket = ownsSocket;
        _from = new SocketAddress(socket.AddressFamily);
        _to = new SocketAddress(socket.AddressFamily);
    }

    public Socket Socket => _socket;

    public override int Receive(PipeWriter inbound)
    {
        int count = 0;
        // Asking first is cheaper than the exception of a receive that finds nothing.
        while (count < BatchMax && _socket.Poll(0, SelectMode.SelectRead) && ReceiveOne(inbound)) count++;
        return count;
    }

    public override ReadOnlySpan<byte> Overflow(in RecordHeader header) => throw new NotSupportedException("every record has room for the largest datagram");

    public override SendOutcome Send(in ReadOnlySequence<byte> records)
    {
        int sent = 0, refused = 0;
        long sentBytes = 0, doneBytes = 0;
        foreach (ReadOnlyMemory<byte> segment in records)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (!rest.IsEmpty)
            {
                RecordHeader header = MemoryMarshal.Read<RecordHeader>(rest);
                SocketError error = SendOne(rest.Slice(RecordHeader.Bytes, header.DatagramBytes), header.Route.Remote);
                if (error == SocketError.WouldBlock) return new SendOutcome(sent, sentBytes, refused, doneBytes, IsBlocked: true);
                if (error == SocketError.Success)
                {
                    sent++;
                    sentBytes += header.DatagramBytes;
                }
                else
                {
                    refused++;
                }

                doneBytes += header.RecordBytes;
                rest = rest[header.RecordBytes..];
            }
        }

        return new SendOutcome(sent, sentBytes, refused, doneBytes, IsBlocked: false);
    }

    public override uint ReadDrops() => 0;

    public override void Trim()
    {
    }

    public override void Dispose()
    {
        if (_ownsSocket) _socket.Dispose();
    }

    private bool ReceiveOne(PipeWriter inbound)
    {
        Span<byte> memory = inbound.GetMemory(RecordHeader.Measure(DatagramBytesMax)).Span;
        int bytes;
        try
        {
            bytes = _socket.ReceiveFrom(memory.Slice(RecordHeader.Bytes, DatagramBytesMax), SocketFlags.None, _from);
        }
        catch (SocketException)
        {
            // Another worker was faster, or an ICMP error of an earlier datagram was reported: nothing received.
            return false;
        }

        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(memory);
        header.RecordBytes = RecordHeader.Measure(bytes);
        header.DatagramBytes = bytes;
        header.Overflow = 0;
        header.Route = new Route(Read(_from), new LocalAddress(0, 0, 0, Number));
        inbound.Advance(header.RecordBytes);
        return true;
    }

    private SocketError SendOne(ReadOnlySpan<byte> datagram, in NodeAddress remote)
    {
        Write(_to, remote);
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, _to);
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }

    // Every system puts the port at 2, the IPv4 address at 4, the IPv6 address at 8 and its scope at 24.
    private static NodeAddress Read(SocketAddress address)
    {
        ReadOnlySpan<byte> bytes = address.Buffer.Span;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetwork
            ? NodeAddress.From(bytes.Slice(4, 4), port)
            : NodeAddress.From(bytes.Slice(8, 16), port, MemoryMarshal.Read<uint>(bytes[24..]));
    }

    private static void Write(SocketAddress socketAddress, in NodeAddress address)
    {
        Span<byte> bytes = socketAddress.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        if (address.IsV4)
        {
            address.WriteAddress(bytes[4..]);
            return;
        }

        address.WriteAddress(bytes[8..]);
        MemoryMarshal.Write(bytes[24..], address.Scope);
    }
}
