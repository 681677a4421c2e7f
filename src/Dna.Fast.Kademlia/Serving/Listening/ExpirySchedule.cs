using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>When values under listened keys expire: one entry for each key, so that its size is bounded by that of the listener table. Owner thread.</summary>
internal sealed class ExpirySchedule(IValueStore store) : IValueVisitor
{
    /// <summary>
    /// A key is looked at once in so many milliseconds at most: a second, so that values which expire one after another are told together, and a key with very
    /// many of them is not walked for each.
    /// </summary>
    private const long GrainMs = 1000;

    private readonly SortedSet<(long DueUnixMs, InfoHash Key)> _due = [];
    private readonly Dictionary<InfoHash, ListenedKey> _entries = [];
    private readonly List<ulong> _expired = [];
    private ListenedKey? _visited;

    /// <summary><see cref="long.MaxValue"/> when nothing is scheduled.</summary>
    public long NextDueUnixMs => _due.Count == 0 ? long.MaxValue : _due.Min.DueUnixMs;

    /// <summary>Learns the live values of a key.</summary>
    public void Fill(ListenedKey entry, long nowUnixMs)
    {
        _visited = entry;
        store.Read(entry.Key, nowUnixMs, this);
        _visited = null;
        ScheduleAll(entry, nowUnixMs);
    }

    /// <summary>Takes the next key that is to be looked at, or null.</summary>
    public ListenedKey? TryTakeDue(long nowUnixMs)
    {
        if (NextDueUnixMs > nowUnixMs) return null;
        ListenedKey entry = _entries[_due.Min.Key];
        Remove(entry);
        return entry;
    }

    /// <summary>Notes as gone what expired, unless the store knows better; schedules the rest.</summary>
    /// <returns>True when something is to be told.</returns>
    public bool NoteExpired(ListenedKey entry, long nowUnixMs)
    {
        _expired.Clear();
        foreach ((ulong id, long expires) in entry.Known)
        {
            if (expires <= nowUnixMs && !entry.Changes.ContainsKey(id)) _expired.Add(id);
        }

        bool isGone = false;
        _visited = entry;
        foreach (ulong id in _expired)
        {
            // A refresh we were not told of, because the inbox was full, is seen here.
            if (store.ReadOne(entry.Key, id, nowUnixMs, this)) continue;
            entry.Note(id, ValueChange.Gone);
            isGone = true;
        }

        _visited = null;
        ScheduleAll(entry, nowUnixMs);
        return isGone;
    }

    /// <summary>Looks at the key at this time, or earlier when it was so scheduled.</summary>
    public void Schedule(ListenedKey entry, long expiresUnixMs, long nowUnixMs)
    {
        if (expiresUnixMs == long.MaxValue) return;
        long due = Math.Max(expiresUnixMs, nowUnixMs + GrainMs);
        if (due >= entry.DueUnixMs) return;
        Remove(entry);
        entry.DueUnixMs = due;
        _due.Add((due, entry.Key));
        _entries.Add(entry.Key, entry);
    }

    public void Remove(ListenedKey entry)
    {
        if (!_entries.Remove(entry.Key)) return;
        _due.Remove((entry.DueUnixMs, entry.Key));
        entry.DueUnixMs = long.MaxValue;
    }

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _visited!.Known[slot.ValueId] = slot.ExpiresUnixMs;
        return true;
    }

    private void ScheduleAll(ListenedKey entry, long nowUnixMs)
    {
        long earliest = long.MaxValue;
        foreach ((ulong id, long expires) in entry.Known)
        {
            // What waits to be pushed is scheduled then, or forgotten.
            if (!entry.Changes.ContainsKey(id)) earliest = Math.Min(earliest, expires);
        }

        Schedule(entry, earliest, nowUnixMs);
    }
}
