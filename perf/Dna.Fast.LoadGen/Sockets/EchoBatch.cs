// UNSAFE CODE, and why it is safe: the kernel reads and writes pinned arrays that live as long as this object, with their own lengths;
// lengths it gives back are clamped; reply memory holds Count copies of each template, and each message points at one of them.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>One batch of the bare echo: receive, point each message at a prepared reply, send. One thread.</summary>
/// <remarks>
/// Replies are prepared once for every place in the batch, so that a datagram costs the copying of its transaction id and nothing more:
/// what remains is the kernel's price.
/// </remarks>
internal sealed unsafe class EchoBatch
{
    public const int Count = 64;

    private const int SlotBytes = 2048 + 64;

    private readonly UdpSocket _socket;
    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Count * SlotBytes, pinned: true);
    private readonly IoVec[] _inVectors = GC.AllocateArray<IoVec>(Count, pinned: true);
    private readonly IoVec[] _outVectors = GC.AllocateArray<IoVec>(Count, pinned: true);
    private readonly SocketName[] _names = GC.AllocateArray<SocketName>(Count, pinned: true);
    private readonly MMsgHdr[] _in = GC.AllocateArray<MMsgHdr>(Count, pinned: true);
    private readonly MMsgHdr[] _out = GC.AllocateArray<MMsgHdr>(Count, pinned: true);
    private readonly byte[][] _replies;
    private readonly int[] _replyBytes;
    private int _replyCount;

    /// <param name="socket">Where datagrams come and go.</param>
    /// <param name="templates">The replies that can be chosen, by number.</param>
    public EchoBatch(UdpSocket socket, IReadOnlyList<byte[]> templates)
    {
        _socket = socket;
        _replies = new byte[templates.Count][];
        _replyBytes = new int[templates.Count];
        for (int t = 0; t < templates.Count; t++)
        {
            _replyBytes[t] = templates[t].Length;
            _replies[t] = GC.AllocateUninitializedArray<byte>(Count * templates[t].Length, pinned: true);
            for (int i = 0; i < Count; i++) templates[t].CopyTo(_replies[t], i * templates[t].Length);
        }

        for (int i = 0; i < Count; i++)
        {
            _inVectors[i].Base = (byte*)Unsafe.AsPointer(ref _memory[i * SlotBytes]);
            _inVectors[i].Length = SlotBytes;
            _in[i].Name = (SocketName*)Unsafe.AsPointer(ref _names[i]);
            _in[i].Vectors = (IoVec*)Unsafe.AsPointer(ref _inVectors[i]);
            _in[i].VectorCount = 1;
            _out[i].Vectors = (IoVec*)Unsafe.AsPointer(ref _outVectors[i]);
            _out[i].VectorCount = 1;
        }
    }

    /// <summary>Receives what has arrived.</summary>
    /// <returns>Datagrams, 0 when there is none.</returns>
    public int Receive()
    {
        for (int i = 0; i < Count; i++) _in[i].NameLength = SocketName.Bytes;
        return Math.Max(0, LibC.ReceiveMessages(_socket.Descriptor, (MMsgHdr*)Unsafe.AsPointer(ref _in[0]), Count, 0, null));
    }

    /// <summary>A datagram of the last batch.</summary>
    public ReadOnlySpan<byte> this[int index] => _memory.AsSpan(index * SlotBytes, Math.Clamp(_in[index].MessageLength, 0, SlotBytes));

    /// <summary>Answers datagram <paramref name="index"/> by copy of a template.</summary>
    /// <returns>The reply's memory, to be patched in place.</returns>
    public Span<byte> Answer(int index, int template)
    {
        int bytes = _replyBytes[template];
        Span<byte> reply = _replies[template].AsSpan(_replyCount * bytes, bytes);
        _outVectors[_replyCount].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(reply));
        _outVectors[_replyCount].Length = (nuint)bytes;
        _out[_replyCount].Name = _in[index].Name;
        _out[_replyCount].NameLength = _in[index].NameLength;
        _replyCount++;
        return reply;
    }

    /// <summary>Sends the answers of this batch; what the kernel does not take is lost, as on any network.</summary>
    public void Send()
    {
        // Bounded: every turn passes at least one datagram.
        for (int done = 0; done < _replyCount;)
        {
            int sent = LibC.SendMessages(_socket.Descriptor, (MMsgHdr*)Unsafe.AsPointer(ref _out[done]), (uint)(_replyCount - done), 0);
            done += Math.Max(1, sent);
        }

        _replyCount = 0;
    }
}
