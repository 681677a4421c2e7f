using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Proxy;

/// <summary>What came of asking for one more.</summary>
internal enum QuotaVerdict
{
    Taken,

    /// <summary>All sources together have as many as there may be.</summary>
    Full,

    /// <summary>This source has as many as it may have.</summary>
    SourceFull,
}

/// <summary>Counts what is held at the same time, in all and of each source. Any thread; as large as what is held.</summary>
internal sealed class SourceQuota
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourcePrefix, int> _held = [];
    private int _all;

    public int All
    {
        get
        {
            lock (_lock) return _all;
        }
    }

    /// <summary>Holds more, where there is room.</summary>
    /// <param name="ofAll">At most so many in all.</param>
    /// <param name="ofSource">And of one source; 0: no limit of its own.</param>
    /// <param name="amount">How many more.</param>
    public QuotaVerdict Take(in SourcePrefix source, int ofAll, int ofSource, int amount = 1)
    {
        lock (_lock)
        {
            int held = _held.GetValueOrDefault(source);
            if (amount > ofAll - _all) return QuotaVerdict.Full;
            if (ofSource > 0 && amount > ofSource - held) return QuotaVerdict.SourceFull;
            _held[source] = held + amount;
            _all += amount;
            return QuotaVerdict.Taken;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Give(in SourcePrefix source, int amount = 1)
    {
        lock (_lock)
        {
            _all -= amount;
            int held = _held[source] - amount;
            if (held == 0) _held.Remove(source);
            else _held[source] = held;
        }
    }
}
