// UNSAFE CODE, and why it is safe: the arrays are pinned and live as long as this object; the records lie in pinned memory of the outbound pipe
// (PinnedPool), which is not given back before AdvanceTo, after the call. Every length given to the kernel was cut out of a span by a checked
// slice first.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary><c>sendmmsg</c> over the records of a pipe: the kernel reads the datagrams where the handler wrote them.</summary>
/// <remarks>
/// Neighbours of one size on one route leave as one message that the kernel cuts (<c>UDP_SEGMENT</c>): fragments of a value, and replies to a peer that asked
/// several things at once. The way through the network stack, most of what a small datagram costs, is then paid once for all of them. A message that is refused
/// goes again datagram by datagram: the system can send in IP fragments what it cannot cut, and one datagram may be refused alone.
/// </remarks>
internal sealed unsafe class SendBatch
{
    private const int ControlBytes = PacketInfo.RoomBytes + SegmentInfo.RoomBytes;

    private readonly bool _hasControl;
    private readonly IpFamily _family;
    private readonly MMsgHdr[] _messages = GC.AllocateArray<MMsgHdr>(UdpSocket.BatchMax, pinned: true);
    private readonly IoVec[] _vectors = GC.AllocateArray<IoVec>(UdpSocket.BatchMax, pinned: true);
    private readonly SocketName[] _names = GC.AllocateArray<SocketName>(UdpSocket.BatchMax, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(UdpSocket.BatchMax * ControlBytes, pinned: true);
    private readonly int[] _recordBytes = new int[UdpSocket.BatchMax];
    private readonly CutSupport _cuts;

    // Datagrams of the batch, the messages they make, and the last of these: its route, the bytes of its first datagram and of all, and whether more may join it.
    private int _count;
    private int _messageCount;
    private RecordHeader* _last;
    private int _segmentBytes;
    private int _messageBytes;
    private bool _isOpen;

    // What the call did so far.
    private int _sent;
    private int _joined;
    private long _sentBytes;
    private int _refused;
    private long _doneBytes;

    /// <param name="hasControl">True: the socket is bound to a wildcard address, so the datagram says where it leaves from.</param>
    /// <param name="canCut">The kernel knows <c>UDP_SEGMENT</c>.</param>
    public SendBatch(bool hasControl, IpFamily family, bool canCut)
    {
        _hasControl = hasControl;
        _family = family;
        _cuts = new CutSupport(canCut);
        for (int i = 0; i < UdpSocket.BatchMax; i++) _messages[i].Name = Pointer(ref _names[i]);
    }

    public SendOutcome Send(int descriptor, in ReadOnlySequence<byte> records)
    {
        Begin();
        _sent = _joined = _refused = 0;
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
        return new SendOutcome(_sent, _sentBytes, _refused, _doneBytes, blocked, _joined);
    }

    private void Begin()
    {
        _count = _messageCount = 0;
        _isOpen = false;
    }

    private int Add(ReadOnlySpan<byte> records)
    {
        RecordHeader* header = (RecordHeader*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(records[..RecordHeader.Bytes]));
        ReadOnlySpan<byte> datagram = records.Slice(RecordHeader.Bytes, header->DatagramBytes);
        int index = _count++;
        ref IoVec vector = ref _vectors[index];
        vector.Base = Pointer(ref MemoryMarshal.GetReference(datagram));
        vector.Length = (nuint)datagram.Length;
        _recordBytes[index] = header->RecordBytes;
        if (_isOpen && CanJoin(header)) Join(datagram.Length);
        else Open(header, index);
        return header->RecordBytes;
    }

    private bool CanJoin(RecordHeader* header) =>
        header->DatagramBytes <= _segmentBytes && _messageBytes + header->DatagramBytes <= SegmentInfo.BytesMax && header->Route == _last->Route;

    private void Open(RecordHeader* header, int index)
    {
        ref MMsgHdr message = ref _messages[_messageCount];
        message.Vectors = Pointer(ref _vectors[index]);
        message.VectorCount = 1;
        message.NameLength = _names[_messageCount].Write(header->Route.Remote);
        int controlBytes = _hasControl ? PacketInfo.Write(Control(_messageCount), header->Route.Local, _family) : 0;
        SetControl(ref message, _messageCount, controlBytes);
        _messageCount++;
        _last = header;
        _segmentBytes = _messageBytes = header->DatagramBytes;
        _isOpen = _cuts.IsUsed && _segmentBytes is > 0 and <= SegmentInfo.SegmentBytesMax;
    }

    private void Join(int bytes)
    {
        int last = _messageCount - 1;
        ref MMsgHdr message = ref _messages[last];
        if (message.VectorCount++ == 1)
        {
            int controlBytes = (int)message.ControlLength;
            SegmentInfo.Write(Control(last)[controlBytes..], _segmentBytes);
            SetControl(ref message, last, controlBytes + SegmentInfo.RoomBytes);
        }

        _messageBytes += bytes;
        // Only the last datagram of a message may be shorter; an empty one would be none.
        _isOpen = bytes == _segmentBytes;
    }

    // Each round of the loop ends at least one datagram, so it is bounded by the batch. A signal (EINTR) before the first datagram is the exception.
    private bool Drain(int descriptor)
    {
        int done = 0, message = 0;
        bool blocked = false;
        while (message < _messageCount && !blocked)
        {
            int sent = LibC.SendMessages(descriptor, Pointer(ref _messages[message]), (uint)(_messageCount - message), 0);
            if (sent > 0)
            {
                for (int end = message + sent; message < end; message++) done = Sent(done, (int)_messages[message].VectorCount);
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.ErrorInterrupted) continue;
            blocked = error == LibC.ErrorAgain;
            if (blocked) break;
            int count = (int)_messages[message].VectorCount;
            if (count == 1) done = Refused(done);
            else blocked = !SendSingly(descriptor, message, error, ref done);
            message++;
        }

        Begin();
        return !blocked;
    }

    // The datagrams of a message that was refused as a whole.
    private bool SendSingly(int descriptor, int index, int refusal, ref int done)
    {
        MMsgHdr message = _messages[index];
        int count = (int)message.VectorCount, segmentBytes = (int)message.Vectors->Length, sentBefore = _sent;
        message.VectorCount = 1;
        message.ControlLength -= SegmentInfo.RoomBytes;
        if (message.ControlLength == 0) message.Control = null;
        for (int end = done + count; done < end;)
        {
            message.Vectors = Pointer(ref _vectors[done]);
            if (LibC.SendMessages(descriptor, &message, 1, 0) > 0)
            {
                done = Sent(done, 1);
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.ErrorInterrupted) continue;
            if (error == LibC.ErrorAgain) return false;
            done = Refused(done);
        }

        if (_sent > sentBefore) _cuts.Refused(refusal, segmentBytes);
        return true;
    }

    private int Sent(int done, int count)
    {
        _sent += count;
        if (count > 1)
        {
            _joined += count;
            _cuts.Succeeded();
        }

        for (int end = done + count; done < end; done++)
        {
            _sentBytes += (long)_vectors[done].Length;
            _doneBytes += _recordBytes[done];
        }

        return done;
    }

    // No route, forbidden by a filter, an interface queue that is full: this datagram's own trouble, or an ICMP error of an earlier one. UDP may lose.
    private int Refused(int done)
    {
        _refused++;
        _doneBytes += _recordBytes[done];
        return done + 1;
    }

    private Span<byte> Control(int message) => _control.AsSpan(message * ControlBytes, ControlBytes);

    private void SetControl(ref MMsgHdr message, int index, int bytes)
    {
        message.Control = bytes == 0 ? null : Pointer(ref _control[index * ControlBytes]);
        message.ControlLength = (nuint)bytes;
    }

    private static T* Pointer<T>(ref T pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned);
}
