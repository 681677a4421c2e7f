// UNSAFE CODE, and why it is safe: the kernel reads from pinned arrays that live as long as this object; the offsets and lengths given to
// it are those of datagrams committed inside the buffer (Commit checks).
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>Datagrams on their way to one connected socket. One thread; shared by all sockets of that thread.</summary>
/// <remarks>
/// Datagrams lie back to back. When all have the same size and the kernel can, they leave as one send that it splits (<c>UDP_SEGMENT</c>):
/// the way through the network stack is then paid once for the batch. Else they leave by one <c>sendmmsg</c>.
/// </remarks>
internal sealed unsafe class SendBatch
{
    /// <summary>Datagrams in one batch: the kernel's limit for segments of one send.</summary>
    public const int Count = 64;

    /// <summary>Room a datagram may ask for: header and fragment bytes as stock sends them, with space to spare.</summary>
    public const int DatagramBytesMax = 1600;

    // The kernel's limit for one segmented send, the IPv4 datagram's, less headers.
    private const int SegmentedBytesMax = 65_000;

    // cmsghdr (16 bytes) and a 16-bit size, padded to 24.
    private const int ControlBytes = 24;

    // A full socket buffer empties within this, or the datagrams are lost: a millisecond is hundreds of datagrams.
    private const int FullWaitsMax = 20;

    private readonly bool _segments;
    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Count * DatagramBytesMax, pinned: true);
    private readonly IoVec[] _vectors = GC.AllocateArray<IoVec>(Count, pinned: true);
    private readonly MMsgHdr[] _messages = GC.AllocateArray<MMsgHdr>(Count, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(ControlBytes, pinned: true);
    private int _used;
    private int _count;
    private bool _equal = true;

    /// <param name="segments">True: the kernel knows <c>UDP_SEGMENT</c> and may be asked to split.</param>
    public SendBatch(bool segments)
    {
        _segments = segments;
        for (int i = 0; i < Count; i++)
        {
            _messages[i].Vectors = (IoVec*)Unsafe.AsPointer(ref _vectors[i]);
            _messages[i].VectorCount = 1;
        }

        byte* control = (byte*)Unsafe.AsPointer(ref _control[0]);
        *(nuint*)control = 16 + sizeof(ushort);
        *(int*)(control + 8) = LibC.LevelUdp;
        *(int*)(control + 12) = LibC.UdpSegment;
    }

    /// <summary>Datagrams waiting for <see cref="Flush"/>.</summary>
    public int Pending => _count;

    /// <summary>Datagrams that still fit.</summary>
    public int Free => Count - _count;

    /// <summary>Room for the next datagram, <see cref="DatagramBytesMax"/> bytes. Requires <see cref="Free"/> of at least 1.</summary>
    public Span<byte> Room => _memory.AsSpan(_used, DatagramBytesMax);

    /// <summary>Takes the first <paramref name="bytes"/> of <see cref="Room"/> as a datagram.</summary>
    public void Commit(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)DatagramBytesMax);
        _vectors[_count].Base = (byte*)Unsafe.AsPointer(ref _memory[_used]);
        _vectors[_count].Length = (nuint)bytes;
        _equal &= _count == 0 || _vectors[0].Length == (nuint)bytes;
        _used += bytes;
        _count++;
    }

    /// <summary>Sends and empties the batch.</summary>
    /// <param name="unsent">Datagrams the kernel did not take.</param>
    /// <returns>0, or the error number of the first refusal.</returns>
    public int Flush(UdpSocket socket, out int unsent)
    {
        int count = _count, error;
        unsent = 0;
        if (count == 0) return 0;
        if (_segments && _equal && count > 1 && _used <= SegmentedBytesMax) error = SendSegmented(socket, out unsent);
        else error = SendEach(socket, out unsent);
        _count = 0;
        _used = 0;
        _equal = true;
        return error;
    }

    private int SendSegmented(UdpSocket socket, out int unsent)
    {
        IoVec all = _vectors[0];
        *(ushort*)((byte*)Unsafe.AsPointer(ref _control[0]) + 16) = (ushort)all.Length;
        all.Length = (nuint)_used;
        MMsgHdr message = default;
        message.Vectors = &all;
        message.VectorCount = 1;
        message.Control = (byte*)Unsafe.AsPointer(ref _control[0]);
        message.ControlLength = ControlBytes;
        unsent = 0;
        for (int wait = 0; ; wait++)
        {
            if (LibC.SendMessage(socket.Descriptor, &message, 0) >= 0) return 0;
            int error = Marshal.GetLastPInvokeError();
            if (CanRetry(socket, error, wait)) continue;
            unsent = _count;
            return error;
        }
    }

    private int SendEach(UdpSocket socket, out int unsent)
    {
        int done = 0, first = 0;
        unsent = 0;
        for (int wait = 0; done < _count;)
        {
            int sent = LibC.SendMessages(socket.Descriptor, (MMsgHdr*)Unsafe.AsPointer(ref _messages[done]), (uint)(_count - done), 0);
            if (sent > 0)
            {
                done += sent;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (CanRetry(socket, error, wait++)) continue;
            if (first == 0) first = error;

            // The error belongs to the first datagram not sent (or, a refusal, to an earlier one): pass over it.
            unsent++;
            done++;
        }

        return first;
    }

    private static bool CanRetry(UdpSocket socket, int error, int wait)
    {
        if (wait >= FullWaitsMax || error is not (LibC.ErrorAgain or LibC.ErrorInterrupted or LibC.ErrorNoBuffers)) return false;
        PollFd descriptor = new() { Descriptor = socket.Descriptor, Events = LibC.PollOut };
        var millisecond = new TimeSpec { Nanoseconds = 1_000_000 };
        LibC.Poll(&descriptor, 1, &millisecond, null);
        return true;
    }
}
