using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Proxy;

/// <summary>How many requests came within a second, in all and of each source: the current second's and, in proportion, the one's before. Any thread.</summary>
/// <param name="time">Its monotonic clock.</param>
internal sealed class SourceRates(TimeProvider time)
{
    /// <summary>Sources counted apart within a second; the ones beyond share one count. So a stranger with many addresses costs no memory.</summary>
    private const int SourcesMax = 16_384;

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private Dictionary<SourcePrefix, int> _now = [];
    private Dictionary<SourcePrefix, int> _before = [];
    private long _second;
    private int _allNow;
    private int _allBefore;

    /// <summary>Counts a request of this source, where neither limit stands against it.</summary>
    /// <param name="ofAll">A second, of all sources; 0: no limit.</param>
    /// <param name="ofSource">A second, of one; 0: no limit.</param>
    public QuotaVerdict Take(SourcePrefix source, int ofAll, int ofSource)
    {
        lock (_lock)
        {
            double ofBefore = Turn();
            if (ofAll > 0 && _allNow + (_allBefore * ofBefore) >= ofAll) return QuotaVerdict.Full;
            if (_now.Count >= SourcesMax && !_now.ContainsKey(source)) source = default;
            int now = _now.GetValueOrDefault(source);
            if (ofSource > 0 && now + (_before.GetValueOrDefault(source) * ofBefore) >= ofSource) return QuotaVerdict.SourceFull;
            _now[source] = now + 1;
            _allNow++;
            return QuotaVerdict.Taken;
        }
    }

    // What part of the second before still lies within the last second.
    private double Turn()
    {
        double elapsed = time.GetElapsedTime(_origin).TotalSeconds;
        long second = (long)elapsed;
        if (second != _second)
        {
            bool isNext = second == _second + 1;
            (_now, _before) = (_before, _now);
            _now.Clear();
            if (!isNext) _before.Clear();
            (_allBefore, _allNow) = (isNext ? _allNow : 0, 0);
            _second = second;
        }

        return 1 - (elapsed - second);
    }
}
