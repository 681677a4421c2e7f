using System.Numerics;
using Dna.Fast.Storage.Log;

namespace Dna.Fast.Storage.Faster;

/// <summary>How the memory an operator allows is divided.</summary>
/// <remarks>
/// A quarter for the hash index, half for pages of the value log, a sixteenth (at most 4 MiB) for the write-ahead log; the rest is for overflow buckets
/// of the index, read buffers and sessions. Nothing is touched before it is needed: an empty store costs well under a megabyte.
/// </remarks>
/// <param name="IndexBuckets">Buckets of 64 bytes, 7 entries each; a power of two.</param>
/// <param name="LogBits">Memory of the value log, as a power of two of bytes.</param>
/// <param name="WalBits">Memory of the write-ahead log, as a power of two of bytes.</param>
internal readonly record struct MemoryPlan(long IndexBuckets, int LogBits, int WalBits)
{
    /// <summary>The least that works: a handful of pages of 128 KiB for each log.</summary>
    public const long BytesMin = 4L << 20;

    private const int BucketBytes = 64;
    private const int WalBitsMin = WriteAheadLog.PageBits + 2;
    private const int WalBitsMax = 22;

    // FASTER's index has 32-bit bucket numbers; 2^28 buckets are 16 GiB.
    private const int IndexBitsMax = 34;

    // 64 GiB of pages; beyond that the page table itself is what costs.
    private const int LogBitsMax = 36;

    public static MemoryPlan For(long bytes)
    {
        int bits = BitOperations.Log2((ulong)Math.Max(bytes, BytesMin));
        return new MemoryPlan(
            1L << (Math.Min(bits - 2, IndexBitsMax) - BitOperations.Log2(BucketBytes)),
            Math.Min(bits - 1, LogBitsMax),
            Math.Clamp(bits - 4, WalBitsMin, WalBitsMax));
    }
}
