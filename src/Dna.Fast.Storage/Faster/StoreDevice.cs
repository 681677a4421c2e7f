// Unsafe: FASTER hands over addresses of its own pinned pages and of its pooled read buffers; they are valid until the completion callback is called,
// which here is before ReadAsync returns, and for writes before the writer takes the next batch.
using Dna.Fast.Storage.Disk;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>FASTER's view of a set of segment files.</summary>
/// <remarks>
/// Reads happen on the calling thread: a page-cache hit costs a system call, not a hop to another thread. FASTER reads the next record of a hash chain
/// from within the callback of the last one; those are taken one after the other here instead of growing the stack. Writes go to the
/// <see cref="DiskWriter"/>. FASTER does not look at a read's error code: what cannot be read is zeros, which it takes for the end of the chain.
/// </remarks>
internal sealed class StoreDevice(SegmentFiles files, DiskWriter writer, bool mustSync, string name)
    : StorageDeviceBase(name, SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    /// <summary>Alignment of reads and writes. No direct I/O, so the smallest FASTER takes: small reads are cheap.</summary>
    public const uint SectorBytes = 512;

    // A chain longer than this exists only on a damaged disk, as a circle.
    private const int ChainMax = 100_000;

    [ThreadStatic]
    private static Chain? _chain;

    private long _failedReads;
    private long _writtenUntil;

    /// <summary>Address behind the last byte written.</summary>
    public long WrittenUntil
    {
        get => Volatile.Read(ref _writtenUntil);
        set => Volatile.Write(ref _writtenUntil, value);
    }

    /// <summary>Reads the disk refused.</summary>
    public long FailedReads => Interlocked.Read(ref _failedReads);

    public override void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        writer.Post(new WriteRequest(this, sourceAddress, Address(segmentId, destinationAddress), numBytesToWrite, callback, context));
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        PendingRead read = new(Address(segmentId, sourceAddress), destinationAddress, readLength, callback, context);
        Chain chain = _chain ??= new Chain();
        if (chain.Depth > 0)
        {
            chain.Next.Enqueue(read);
            return;
        }

        chain.Depth++;
        try
        {
            int links = 0;
            do
            {
                Fill(read, links++ > ChainMax);
                read.Done(0, read.Bytes, read.Context);
            }
            while (chain.Next.TryDequeue(out read));
        }
        finally
        {
            chain.Next.Clear();
            chain.Depth--;
        }
    }

    /// <summary>True: a write is complete only when it is on the medium.</summary>
    public bool MustSync => mustSync;

    /// <summary>The files behind the device.</summary>
    public SegmentFiles Files => files;

    // Segments are dropped by the keeper, when no checkpoint needs them any more; FASTER never decides that.
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override long GetFileSize(int segment) => SegmentSize;

    public override void Dispose()
    {
    }

    private long Address(int segment, ulong offset) => segment * SegmentSize + (long)offset;

    private unsafe void Fill(in PendingRead read, bool giveUp)
    {
        Span<byte> destination = new((void*)read.Destination, (int)read.Bytes);
        try
        {
            if (giveUp) destination.Clear();
            else files.Read(destination, read.Address);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            destination.Clear();
            Interlocked.Increment(ref _failedReads);
        }
    }

    private readonly record struct PendingRead(long Address, nint Destination, uint Bytes, DeviceIOCompletionCallback Done, object Context);

    private sealed class Chain
    {
        public readonly Queue<PendingRead> Next = new();
        public int Depth;
    }
}
