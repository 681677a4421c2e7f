// UNSAFE CODE, and why it is safe: the arrays are pinned and live as long as this object; the records lie in pinned memory of the outbound pipe
// (PinnedPool), which is not given back before AdvanceTo, after the call. Every length given to the kernel was cut out of a span by a checked
// slice first.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary><c>sendmmsg</c> over the records of a pipe: the kernel reads the datagrams where the handler wrote them.</summary>
internal sealed unsafe class SendBatch
{
    private readonly bool _hasControl;
    private readonly IpFamily _family;
    private readonly MMsgHdr[] _messages = GC.AllocateArray<MMsgHdr>(UdpSocket.BatchMax, pinned: true);
    private readonly IoVec[] _vectors = GC.AllocateArray<IoVec>(UdpSocket.BatchMax, pinned: true);
    private readonly SocketName[] _names = GC.AllocateArray<SocketName>(UdpSocket.BatchMax, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(UdpSocket.BatchMax * PacketInfo.RoomBytes, pinned: true);
    private readonly int[] _recordBytes = new int[UdpSocket.BatchMax];
    private int _count;
    private int _sent;
    private long _sentBytes;
    private int _refused;
    private long _doneBytes;

    /// <param name="hasControl">True: the socket is bound to a wildcard address, so the datagram says where it leaves from.</param>
    public SendBatch(bool hasControl, IpFamily family)
    {
        _hasControl = hasControl;
        _family = family;
        for (int i = 0; i < UdpSocket.BatchMax; i++)
        {
            _messages[i].Name = Pointer(ref _names[i]);
            _messages[i].Vectors = Pointer(ref _vectors[i]);
            _messages[i].VectorCount = 1;
        }
    }

    public SendOutcome Send(int descriptor, in ReadOnlySequence<byte> records)
    {
        _count = _sent = _refused = 0;
        _sentBytes = _doneBytes = 0;
        bool blocked = false;
        foreach (ReadOnlyMemory<byte> segment in records)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (!rest.IsEmpty && !blocked)
            {
                rest = rest[Add(rest)..];
                if (_count == UdpSocket.BatchMax) blocked = !Drain(descriptor);
            }

            if (blocked) break;
        }

        if (!blocked) blocked = !Drain(descriptor);
        return new SendOutcome(_sent, _sentBytes, _refused, _doneBytes, blocked);
    }

    private int Add(ReadOnlySpan<byte> records)
    {
        ref readonly RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(records);
        ReadOnlySpan<byte> datagram = records.Slice(RecordHeader.Bytes, header.DatagramBytes);
        int index = _count++;
        ref IoVec vector = ref _vectors[index];
        vector.Base = Pointer(ref MemoryMarshal.GetReference(datagram));
        vector.Length = (nuint)datagram.Length;
        ref MMsgHdr message = ref _messages[index];
        message.NameLength = _names[index].Write(header.Route.Remote);
        if (_hasControl)
        {
            Span<byte> control = _control.AsSpan(index * PacketInfo.RoomBytes, PacketInfo.RoomBytes);
            int controlBytes = PacketInfo.Write(control, header.Route.Local, _family);
            message.Control = controlBytes == 0 ? null : Pointer(ref control[0]);
            message.ControlLength = (nuint)controlBytes;
        }

        _recordBytes[index] = header.RecordBytes;
        return header.RecordBytes;
    }

    // Each round of the loop ends at least one datagram, so it is bounded by the batch. A signal (EINTR) before the first datagram is the exception.
    private bool Drain(int descriptor)
    {
        int done = 0;
        while (done < _count)
        {
            int sent = LibC.SendMessages(descriptor, Pointer(ref _messages[done]), (uint)(_count - done), 0);
            if (sent > 0)
            {
                _sent += sent;
                for (int i = done; i < done + sent; i++)
                {
                    _sentBytes += (long)_vectors[i].Length;
                    _doneBytes += _recordBytes[i];
                }

                done += sent;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.ErrorInterrupted) continue;
            if (error == LibC.ErrorAgain) return false;
            // No route, forbidden by a filter, an interface queue that is full: this datagram's own trouble, or an ICMP error of an earlier one. UDP may lose.
            _refused++;
            _doneBytes += _recordBytes[done];
            done++;
        }

        _count = 0;
        return true;
    }

    private static T* Pointer<T>(ref T pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned);
}
