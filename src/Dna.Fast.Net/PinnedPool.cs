using System.Buffers;

namespace Dna.Fast.Net;

/// <summary>Memory for a pipe that the system may write into: blocks of one size that the collector never moves.</summary>
/// <remarks>
/// One thread, like the pipe it feeds. Blocks come back to a stack and are used again, last one first, so a pipe that empties after every batch
/// stays in the same, cached memory. Pages of a block nobody wrote to cost no memory. A pipe asks elsewhere, for memory that may move, when more than a
/// block is wanted: whoever passes pointers never wants more.
/// </remarks>
internal sealed class PinnedPool : MemoryPool<byte>
{
    private readonly int _blockBytes;
    private readonly Block[] _free;
    private int _freeCount;

    /// <param name="blockBytes">Size of every block.</param>
    /// <param name="keptMax">Free blocks kept; more go to the collector.</param>
    public PinnedPool(int blockBytes, int keptMax)
    {
        _blockBytes = blockBytes;
        _free = new Block[keptMax];
    }

    public override int MaxBufferSize => _blockBytes;

    /// <exception cref="ArgumentOutOfRangeException">More than a block.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, _blockBytes);
        return _freeCount > 0 ? _free[--_freeCount] : new Block(this, _blockBytes);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (_freeCount < _free.Length) _free[_freeCount++] = block;
    }

    private sealed class Block(PinnedPool pool, int bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);

        // The pipe disposes what it rented exactly once; the block is then free, not dead.
        public void Dispose() => pool.Return(this);
    }
}
