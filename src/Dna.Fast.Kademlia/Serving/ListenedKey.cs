using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>A key somebody listens to: who, which values they may know of, and what changed since the last push. Owner thread only.</summary>
internal sealed class ListenedKey(InfoHash key)
{
    public InfoHash Key { get; } = key;

    public Dictionary<(InfoHash Node, uint SocketId), Listener> Listeners { get; } = [];

    /// <summary>Sockets of each node under this key.</summary>
    public Dictionary<InfoHash, int> Sockets { get; } = [];

    /// <summary>Subscriptions of our own side.</summary>
    public int Watchers { get; set; }

    /// <summary>Values under the key and when each expires (Unix milliseconds), so that its natural end is told too.</summary>
    public Dictionary<ulong, long> ExpiryUnixMs { get; } = [];

    /// <summary>The last change of each value since the last push.</summary>
    public Dictionary<ulong, ValueChange> Changes { get; } = [];

    public bool HasNewListener { get; set; }

    public bool IsDirty => HasNewListener || Changes.Count > 0;

    public bool IsUnused => Listeners.Count == 0 && Watchers == 0;

    public void Add(Listener listener)
    {
        Listeners.Add((listener.Node, listener.SocketId), listener);
        Sockets[listener.Node] = Sockets.GetValueOrDefault(listener.Node) + 1;
        HasNewListener = true;
    }

    public void Remove(Listener listener)
    {
        Listeners.Remove((listener.Node, listener.SocketId));
        if (--Sockets[listener.Node] == 0) Sockets.Remove(listener.Node);
    }

    /// <summary>Notes a change. A new value that is refreshed before it was pushed is still new.</summary>
    public void Note(ulong valueId, ValueChange change)
    {
        if (change == ValueChange.Refreshed && Changes.GetValueOrDefault(valueId, ValueChange.Refreshed) == ValueChange.Stored) return;
        Changes[valueId] = change;
    }
}
