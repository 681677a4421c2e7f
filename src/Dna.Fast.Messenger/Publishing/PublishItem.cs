using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Something to be published by a <see cref="PublishQueue"/>.</summary>
public sealed record PublishItem
{
    private PublishItem()
    {
    }

    /// <summary>What it is called in progress and results. Items of one name follow one another in the order they were added.</summary>
    public required string Name { get; init; }

    /// <summary>True ends those of the same name that wait and were not tried yet: only the newest is of interest.</summary>
    public bool Replaces { get; init; }

    /// <summary>How long one try may take; null: by its size.</summary>
    public TimeSpan? TryDeadline { get; init; }

    /// <summary>One try; null for a record that the queue puts itself.</summary>
    internal Func<TimeSpan, CancellationToken, Task<PutReport>>? Publish { get; private init; }

    internal InfoHash Key { get; private init; }

    internal ushort Type { get; private init; }

    internal ReadOnlyMemory<byte> Data { get; private init; }

    internal bool IsShared { get; private init; }

    /// <summary>True for a record that is published again after each start until it is told to stop.</summary>
    internal bool IsKept { get; private init; }

    /// <summary>What a service does: a record of several values, or one that is read before it is written.</summary>
    /// <param name="publish">One try, within a deadline. What it says decides: <see cref="ResultCode.NetworkError"/>, <see cref="ResultCode.Timeout"/> and <see cref="ResultCode.GeneralError"/> are tried again.</param>
    public static PublishItem Of(string name, Func<TimeSpan, CancellationToken, Task<PutReport>> publish) => new() { Name = name, Publish = publish };

    /// <summary>A record under a key. Its bytes are copied.</summary>
    /// <param name="type">Value type: how long it lives.</param>
    /// <param name="isShared">True where others write under the key too: then it has our owner's value id, else 1.</param>
    /// <param name="isKept">True publishes it again after each start and tries without end, until <see cref="PublishQueue.StopKeeping"/>.</param>
    public static PublishItem Record(string name, InfoHash key, ushort type, ReadOnlySpan<byte> data, bool isShared = false, bool isKept = false) =>
        new() { Name = name, Key = key, Type = type, Data = data.ToArray(), IsShared = isShared, IsKept = isKept };
}
