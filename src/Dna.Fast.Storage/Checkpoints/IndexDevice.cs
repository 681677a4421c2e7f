// Unsafe: FASTER hands over addresses of its index, which is pinned and is not freed before the checkpoint or the recovery that uses this is over.
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using FASTER.core;

namespace Dna.Fast.Storage.Checkpoints;

/// <summary>The file of one index, written and read on the calling thread: the keeper's, or the one that opens the store.</summary>
internal sealed class IndexDevice(IStoreFile file, IndexView view) : StorageDeviceBase("index", StoreDevice.SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    /// <summary>What went wrong, if anything did; FASTER goes on regardless.</summary>
    public Exception? Failure { get; private set; }

    public override unsafe void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        view.Note((long)destinationAddress, sourceAddress);
        try
        {
            file.Write(new ReadOnlySpan<byte>((void*)sourceAddress, (int)numBytesToWrite), (long)destinationAddress);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception;
        }

        callback(0, numBytesToWrite, context);
    }

    public override unsafe void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        view.Note((long)sourceAddress, destinationAddress);
        Span<byte> destination = new((void*)destinationAddress, (int)readLength);
        int read = 0;
        try
        {
            read = file.Read(destination, (long)sourceAddress);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception;
        }

        destination[read..].Clear();
        callback(0, readLength, context);
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    // FASTER disposes the device at the end of a recovery; the file is its opener's.
    public override void Dispose()
    {
    }
}
