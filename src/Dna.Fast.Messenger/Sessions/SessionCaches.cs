namespace Dna.Fast.Messenger;

/// <summary>What one user's session has read of others, and the listeners that say when it is old (DNA layer, section 16).</summary>
internal sealed class SessionCaches(RecordNetwork network, SessionOptions options, string user) : IDisposable
{
    public RecordCaches Records { get; } = new(new CacheManager(options.Time, options.Directory), options.Suites, user);

    public CacheWatches Watches { get; } = new(network);

    /// <summary>Has a group read anew as soon as anybody writes one under its key.</summary>
    /// <returns>False when it is watched already, or as many are as may be.</returns>
    public bool Watch(WatchedGroup group) => Watches.Watch(DnaKeys.Group(group.Uuid), Records.Groups, RecordCaches.GroupKey(group.Uuid, group.Creator));

    /// <summary>Ends <see cref="Watch"/>.</summary>
    public void Unwatch(WatchedGroup group) => Watches.Unwatch(Records.Groups, RecordCaches.GroupKey(group.Uuid, group.Creator));

    /// <summary>Keeps what has a file.</summary>
    public void Dispose()
    {
        Watches.Dispose();
        Records.Manager.Dispose();
    }
}
