using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>A key somebody listens to: who, which values they may know of, what changed since the last push. Owner thread.</summary>
internal sealed class ListenedKey(InfoHash key)
{
    public InfoHash Key { get; } = key;

    /// <summary>Ordered by the last listen, oldest first.</summary>
    public LinkedList<Listener> Listeners { get; } = new();

    /// <summary>Subscriptions of our own.</summary>
    public int Watchers { get; set; }

    public bool IsUnused => Listeners.Count == 0 && Watchers == 0;

    /// <summary>Live values and when they expire (milliseconds since 1970 UTC): each can be told gone once.</summary>
    public Dictionary<ulong, long> Known { get; } = [];

    /// <summary>What changed and was not pushed yet.</summary>
    public Dictionary<ulong, ValueChange> Changes { get; } = [];

    /// <summary>When the key is looked at for expired values; <see cref="long.MaxValue"/>: not scheduled.</summary>
    public long DueUnixMs { get; set; } = long.MaxValue;

    /// <summary>Notes a change: the last one counts, but a value that was not pushed yet stays to be pushed.</summary>
    public void Note(ulong valueId, ValueChange change)
    {
        if (change == ValueChange.Refreshed && Changes.TryGetValue(valueId, out ValueChange earlier) && earlier != ValueChange.Refreshed) return;
        Changes[valueId] = change;
    }
}
