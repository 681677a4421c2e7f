// UNSAFE CODE, and why it is safe: all arrays the kernel reads or writes are pinned and live as long as this object; the pipe's memory is pinned by
// its pool (PinnedPool) and belongs to the writer until Advance, which is after the call. Lengths given to the kernel are the lengths of
// those memories; lengths it gives back are clamped before use.
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net.Linux;

/// <summary>One <c>recvmmsg</c>: slots of equal size in the pipe's memory, one for each datagram of the batch.</summary>
/// <remarks>A slot is a <see cref="RecordHeader"/> and about 2 KiB, more than an Ethernet frame; what is longer goes on in the <see cref="OverflowArea"/> and is joined there.</remarks>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    /// <summary>Bytes of a slot: 34 cache lines. Not a power of two, which would put every slot's start into the same few sets of the cache.</summary>
    public const int SlotBytes = 2176;

    /// <summary>Memory for a batch.</summary>
    public const int BlockBytes = SlotBytes * UdpSocket.BatchMax;

    /// <summary>Bytes of a datagram that fit its slot.</summary>
    public const int InlineBytes = SlotBytes - RecordHeader.Bytes;

    private const int VectorsEach = 2;

    private readonly bool _hasControl;
    private readonly OverflowArea _overflow = new();
    private readonly MMsgHdr[] _messages = GC.AllocateArray<MMsgHdr>(UdpSocket.BatchMax, pinned: true);
    private readonly IoVec[] _vectors = GC.AllocateArray<IoVec>(UdpSocket.BatchMax * VectorsEach, pinned: true);
    private readonly SocketName[] _names = GC.AllocateArray<SocketName>(UdpSocket.BatchMax, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(UdpSocket.BatchMax * PacketInfo.RoomBytes, pinned: true);
    private byte* _block;
    private int _used = UdpSocket.BatchMax;

    /// <param name="hasControl">True: the socket is bound to a wildcard address and the kernel says which address a datagram came to.</param>
    public ReceiveBatch(bool hasControl)
    {
        _hasControl = hasControl;
        for (int i = 0; i < UdpSocket.BatchMax; i++)
        {
            _vectors[i * VectorsEach].Length = InlineBytes;
            _vectors[i * VectorsEach + 1].Base = _overflow.Address(i) + InlineBytes;
            _vectors[i * VectorsEach + 1].Length = OverflowArea.SlotBytes - InlineBytes;
            _messages[i].Name = Pointer(ref _names[i]);
            _messages[i].Vectors = Pointer(ref _vectors[i * VectorsEach]);
            _messages[i].VectorCount = VectorsEach;
            _messages[i].Control = hasControl ? Pointer(ref _control[i * PacketInfo.RoomBytes]) : null;
        }
    }

    /// <summary>Receives into <paramref name="inbound"/>.</summary>
    /// <returns>Datagrams received, or the negative error number.</returns>
    public int Receive(int descriptor, PipeWriter inbound, uint socket)
    {
        Span<byte> block = inbound.GetMemory(BlockBytes).Span;
        Prepare(Pointer(ref MemoryMarshal.GetReference(block[..BlockBytes])));
        int count = LibC.ReceiveMessages(descriptor, Pointer(ref _messages[0]), UdpSocket.BatchMax, 0, null);
        if (count <= 0)
        {
            _used = 0;
            return count < 0 ? -Marshal.GetLastPInvokeError() : 0;
        }

        _used = count;
        for (int i = 0; i < count; i++) Describe(block.Slice(i * SlotBytes, SlotBytes), i, socket);
        inbound.Advance(count * SlotBytes);
        return count;
    }

    public ReadOnlySpan<byte> Overflow(in RecordHeader header) => _overflow.Slot(header.Overflow - 1)[..header.DatagramBytes];

    public void Trim() => _overflow.Release();

    public void Dispose() => _overflow.Dispose();

    // Lengths are both argument and result, so those of the last batch are set again; addresses only when the pipe moved to another block.
    private void Prepare(byte* block)
    {
        if (block != _block)
        {
            _block = block;
            for (int i = 0; i < UdpSocket.BatchMax; i++) _vectors[i * VectorsEach].Base = block + i * SlotBytes + RecordHeader.Bytes;
        }

        nuint controlBytes = _hasControl ? (nuint)PacketInfo.RoomBytes : 0;
        for (int i = 0; i < _used; i++)
        {
            _messages[i].NameLength = SocketName.Bytes;
            _messages[i].ControlLength = controlBytes;
        }
    }

    private void Describe(Span<byte> slot, int index, uint socket)
    {
        ref MMsgHdr message = ref _messages[index];
        int bytes = Math.Clamp(message.MessageLength, 0, OverflowArea.SlotBytes);
        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(slot);
        header.RecordBytes = SlotBytes;
        header.DatagramBytes = bytes;
        header.Overflow = 0;
        int controlBytes = (int)Math.Min(message.ControlLength, PacketInfo.RoomBytes);
        header.Route = new Route(
            _names[index].Read(),
            _hasControl
                ? PacketInfo.Read(_control.AsSpan(index * PacketInfo.RoomBytes, controlBytes), socket)
                : new LocalAddress(0, 0, 0, socket));
        if (bytes <= InlineBytes) return;
        header.Overflow = index + 1;
        slot[RecordHeader.Bytes..].CopyTo(_overflow.Slot(index));
    }

    private static T* Pointer<T>(ref T pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref pinned);
}
