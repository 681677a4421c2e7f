using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;

namespace Dna.Fast.Net;

/// <summary>The system's generator, asked in blocks: transaction ids and tokens are small and many.</summary>
/// <remarks>
/// One instance serves one thread. Bytes are wiped as they are handed out, so a later look at memory tells nothing of the past. On Linux the kernel is asked
/// directly: the platform's generator is OpenSSL's, whose libraries cost 3.5 MB of memory and milliseconds of a start in a node that has verified nothing yet.
/// </remarks>
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
            Ask(bytes);
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

    private static void Ask(Span<byte> bytes)
    {
        if (OperatingSystem.IsLinux()) KernelRandom.Fill(bytes);
        else RandomNumberGenerator.Fill(bytes);
    }

    private Span<byte> Take(int count)
    {
        if (BlockBytes - _used < count)
        {
            Ask(_block);
            _used = 0;
        }

        _used += count;
        return _block.AsSpan(_used - count, count);
    }
}
