// UNSAFE CODE, and why it is safe: the kernel writes into pinned arrays that live as long as this object, with their own lengths; the
// lengths it gives back are clamped to the slot before use.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>Room for one <c>recvmmsg</c>. One thread; shared by all sockets of that thread.</summary>
internal sealed unsafe class ReceiveBatch
{
    /// <summary>Datagrams in one call: beyond this the cost of the call itself no longer shows.</summary>
    public const int Count = 64;

    // A stock node sends inline values of several kilobytes when it has many. Not a power of two, which would put all slots into the same
    // cache sets.
    private const int SlotBytes = 9216 + 64;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Count * SlotBytes, pinned: true);
    private readonly IoVec[] _vectors = GC.AllocateArray<IoVec>(Count, pinned: true);
    private readonly MMsgHdr[] _messages = GC.AllocateArray<MMsgHdr>(Count, pinned: true);

    public ReceiveBatch()
    {
        for (int i = 0; i < Count; i++)
        {
            _vectors[i].Base = (byte*)Unsafe.AsPointer(ref _memory[i * SlotBytes]);
            _vectors[i].Length = SlotBytes;
            _messages[i].Vectors = (IoVec*)Unsafe.AsPointer(ref _vectors[i]);
            _messages[i].VectorCount = 1;
        }
    }

    /// <summary>Receives what has arrived.</summary>
    /// <returns>Datagrams received, 0 when there is none, or the negative error number.</returns>
    public int Receive(UdpSocket socket)
    {
        int count = LibC.ReceiveMessages(socket.Descriptor, (MMsgHdr*)Unsafe.AsPointer(ref _messages[0]), Count, 0, null);
        if (count >= 0) return count;
        int error = Marshal.GetLastPInvokeError();
        return error is LibC.ErrorAgain or LibC.ErrorInterrupted ? 0 : -error;
    }

    /// <summary>A datagram of the last batch; valid until the next.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        _memory.AsSpan(index * SlotBytes, Math.Clamp(_messages[index].MessageLength, 0, SlotBytes));
}
