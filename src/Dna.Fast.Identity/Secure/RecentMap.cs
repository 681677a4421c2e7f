using System.Diagnostics.CodeAnalysis;

namespace Dna.Fast.Identity;

/// <summary>The most recently used entries, up to a bound; the rest is forgotten.</summary>
/// <remarks>Any thread. Two generations: when the young one is full it becomes the old one, and the old one is forgotten; what is found in the old one moves to the young one.</remarks>
/// <param name="generationMax">Entries in one generation; both together hold at most twice as many.</param>
internal sealed class RecentMap<TKey, TValue>(int generationMax)
    where TKey : notnull
{
    private readonly Lock _use = new();
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];

    public int Count
    {
        get
        {
            lock (_use) return _young.Count + _old.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_use)
        {
            if (_young.TryGetValue(key, out value)) return true;
            if (!_old.Remove(key, out value)) return false;
            Keep(key, value);
            return true;
        }
    }

    public void Set(TKey key, TValue value)
    {
        lock (_use)
        {
            _old.Remove(key);
            Keep(key, value);
        }
    }

    private void Keep(TKey key, TValue value)
    {
        if (_young.Count >= generationMax && !_young.ContainsKey(key))
        {
            _old = _young;
            _young = [];
        }

        _young[key] = value;
    }
}
