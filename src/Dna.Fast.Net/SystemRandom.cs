using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>The system's generator, asked in blocks: transaction ids and tokens are small and many.</summary>
/// <remarks>One instance serves one thread. Bytes are wiped as they are handed out, so a later look at memory tells nothing of the past.</remarks>
public sealed class SystemRandom : INodeRandom
{
    /// <summary>One call of the generator costs about a microsecond whatever its length up to here.</summary>
    private const int BlockBytes = 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private int _used = BlockBytes;

    public void Fill(Span<byte> bytes)
    {
        if (bytes.Length > BlockBytes / 4)
        {
            RandomNumberGenerator.Fill(bytes);
            return;
        }

        Take(bytes.Length).CopyTo(bytes);
        _block.AsSpan(_used - bytes.Length, bytes.Length).Clear();
    }

    public ulong NextUInt64()
    {
        Span<byte> bytes = Take(sizeof(ulong));
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        bytes.Clear();
        return number;
    }

    private Span<byte> Take(int count)
    {
        if (BlockBytes - _used < count)
        {
            RandomNumberGenerator.Fill(_block);
            _used = 0;
        }

        _used += count;
        return _block.AsSpan(_used - count, count);
    }
}
