using Dna.Fast.Storage.Disk;

namespace Dna.Fast.Storage;

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>The directory of the store; created when missing. One process at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>Memory for index and pages together, bytes, whatever the number of values; rounded down to a power of two, at least 4 MiB.</summary>
    /// <remarks>Changing it between openings costs one rebuild of the index.</remarks>
    public long MemoryBytes { get; init; } = 64L << 20;

    /// <summary>Packed bytes and 128 bytes a value, at most; beyond it strangers' values are evicted.</summary>
    /// <remarks>The disk holds up to about twice as much before compaction catches up, and the logs and checkpoints besides.</remarks>
    public long LimitBytes { get; init; } = 1L << 30;

    /// <summary>Write-ahead log that is replayed at most when the store is opened, bytes: a checkpoint is taken when there is more.</summary>
    public long WalBytes { get; init; } = 32L << 20;

    /// <summary>The disk.</summary>
    public IStoreDisk Disk { get; init; } = FileDisk.Instance;

    /// <summary>The clock by which values expire when nobody asks for them.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Size of a file of the value log, as a power of two of bytes: 8 MiB, the grain in which compaction gives room back.</summary>
    internal int SegmentBits { get; init; } = 23;

    /// <summary>False: nothing happens in the background until a test says so.</summary>
    internal bool Upkeep { get; init; } = true;
}

/// <summary>How opening a store ended.</summary>
public enum OpenStatus : byte
{
    Opened,

    /// <summary>Another process, or another store of this one, has the directory.</summary>
    InUse,

    /// <summary>The directory or a file in it may not be read or written.</summary>
    NoPermission,

    /// <summary>There is no room to work in.</summary>
    DiskFull,

    /// <summary>The disk fails.</summary>
    Failed,
}

/// <summary>What opening a store gave.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Store">The store, when it was opened.</param>
/// <param name="Message">One sentence for the operator: what is wrong and what to do; empty when opened.</param>
public readonly record struct OpenResult(OpenStatus Status, FasterValueStore? Store, string Message);
