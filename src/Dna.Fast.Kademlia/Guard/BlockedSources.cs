using System.Collections.Concurrent;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>Addresses (with port) whose datagrams are ignored for a while.</summary>
/// <remarks>Any thread. Reading takes no lock and allocates nothing; while the list is empty it is one load. Writing is rare: only a node we asked gets here.</remarks>
internal sealed class BlockedSources
{
    /// <summary>How long an entry lasts: as long as a token would have, 10 min (section 3), so the node is asked again when it would have been anyway.</summary>
    public const long EntryMs = 10 * 60_000;

    /// <summary>Entries at most: far more nodes than a node asks in ten minutes, and less than 1 MiB. Stock has no cap.</summary>
    public const int EntriesMax = 4096;

    private readonly ConcurrentDictionary<NodeAddress, long> _untilMs = new();
    private readonly Lock _writing = new();
    private int _count;

    /// <summary>Entries, those included whose time is over and which nobody met since.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool Contains(in NodeAddress address, long nowMs) =>
        Count != 0 && _untilMs.TryGetValue(address, out long untilMs) && nowMs < untilMs;

    /// <summary>Adds or prolongs an entry. When the list is full of entries whose time is not over, the new one is left out.</summary>
    public void Add(in NodeAddress address, long nowMs)
    {
        lock (_writing)
        {
            foreach (KeyValuePair<NodeAddress, long> entry in _untilMs)
            {
                if (nowMs >= entry.Value) _untilMs.TryRemove(entry.Key, out _);
            }

            if (_untilMs.Count < EntriesMax || _untilMs.ContainsKey(address)) _untilMs[address] = nowMs + EntryMs;
            Volatile.Write(ref _count, _untilMs.Count);
        }
    }
}
