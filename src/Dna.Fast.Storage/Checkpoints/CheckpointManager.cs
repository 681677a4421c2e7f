using FASTER.core;

namespace Dna.Fast.Storage.Checkpoints;

/// <summary>FASTER's view of checkpoints: it is told where to write the index, and its own descriptions are kept until we write them.</summary>
/// <remarks>FASTER may call from any thread that happens to advance a checkpoint, one that serves datagrams included: so nothing here touches the disk.</remarks>
internal sealed class CheckpointManager : ICheckpointManager
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, byte[]> _metadata = [];

    /// <summary>Where the index at hand is written to or read from.</summary>
    public IDevice? Index { get; set; }

    /// <summary>Takes what FASTER said about one token.</summary>
    public byte[]? Take(Guid token)
    {
        lock (_lock) return _metadata.Remove(token, out byte[]? metadata) ? metadata : null;
    }

    /// <summary>Gives back what FASTER said about one token, for a recovery.</summary>
    public void Give(Guid token, byte[] metadata)
    {
        lock (_lock) _metadata[token] = metadata;
    }

    public void CommitIndexCheckpoint(Guid indexToken, byte[] commitMetadata) => Give(indexToken, commitMetadata);

    public void CommitLogCheckpoint(Guid logToken, byte[] commitMetadata) => Give(logToken, commitMetadata);

    public byte[] GetIndexCheckpointMetadata(Guid indexToken) => Find(indexToken);

    public byte[] GetLogCheckpointMetadata(Guid logToken, DeltaLog deltaLog, bool scanDelta = false, long recoverTo = -1L) => Find(logToken);

    public IDevice GetIndexDevice(Guid indexToken) => Index ?? throw new InvalidOperationException("no index is being written or read");

    // Fold-over checkpoints have no snapshot and no delta; FASTER asks for the delta's length all the same.
    public IDevice GetDeltaLogDevice(Guid token) => new NoDevice();

    public IDevice GetSnapshotLogDevice(Guid token) => new NoDevice();

    public IDevice GetSnapshotObjectLogDevice(Guid token) => new NoDevice();

    public void CommitLogIncrementalCheckpoint(Guid logToken, long version, byte[] commitMetadata, DeltaLog deltaLog) =>
        throw new NotSupportedException("checkpoints are fold-over");

    public IEnumerable<Guid> GetIndexCheckpointTokens() => [];

    public IEnumerable<Guid> GetLogCheckpointTokens() => [];

    public void InitializeIndexCheckpoint(Guid indexToken)
    {
    }

    public void InitializeLogCheckpoint(Guid logToken)
    {
    }

    public void CheckpointVersionShift(long oldVersion, long newVersion)
    {
    }

    public void Purge(Guid token)
    {
    }

    public void PurgeAll()
    {
    }

    public void OnRecovery(Guid indexToken, Guid logToken)
    {
    }

    public void Dispose()
    {
    }

    private byte[] Find(Guid token)
    {
        lock (_lock) return _metadata.TryGetValue(token, out byte[]? metadata) ? metadata : throw new FasterException($"no checkpoint {token}");
    }

    private sealed class NoDevice() : StorageDeviceBase("none", StoreSector, Devices.CAPACITY_UNSPECIFIED)
    {
        private const uint StoreSector = 512;

        public override void WriteAsync(
            nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
            throw new NotSupportedException();

        public override void ReadAsync(
            int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
            throw new NotSupportedException();

        public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

        public override long GetFileSize(int segment) => 0;

        public override void Dispose()
        {
        }
    }
}
