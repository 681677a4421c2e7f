using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Puts of ours that stay announced: of one key and id the newest, and so many in all. Any thread. Disposing ends them.</summary>
internal sealed class Announcements(int max) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(InfoHash Key, ulong Id, IDisposable Put)> _announced = [];
    private readonly Dictionary<(InfoHash Key, ulong Id), LinkedListNode<(InfoHash Key, ulong Id, IDisposable Put)>> _places = [];
    private bool _isDisposed;

    public int Count
    {
        get
        {
            lock (_lock) return _announced.Count;
        }
    }

    /// <summary>Keeps a put until it is stopped; the oldest one makes room. After disposing it is ended at once.</summary>
    /// <remarks>What had its key and id is forgotten: the network below ends an announcement that another replaces.</remarks>
    public void Keep(InfoHash key, ulong id, IDisposable put)
    {
        IDisposable? ended = null;
        lock (_lock)
        {
            if (_isDisposed) ended = put;
            else
            {
                if (_places.Remove((key, id), out var place)) _announced.Remove(place);
                _places[(key, id)] = _announced.AddLast((key, id, put));
                if (_announced.Count > max)
                {
                    (InfoHash oldKey, ulong oldId, ended) = _announced.First!.Value;
                    _announced.RemoveFirst();
                    _places.Remove((oldKey, oldId));
                }
            }
        }

        ended?.Dispose();
    }

    /// <returns>False when nothing of this key and id is announced.</returns>
    public bool Stop(InfoHash key, ulong id)
    {
        IDisposable put;
        lock (_lock)
        {
            if (!_places.Remove((key, id), out var place)) return false;
            _announced.Remove(place);
            put = place.Value.Put;
        }

        put.Dispose();
        return true;
    }

    public void Dispose()
    {
        IDisposable[] puts;
        lock (_lock)
        {
            _isDisposed = true;
            puts = [.. _announced.Select(entry => entry.Put)];
            _announced.Clear();
            _places.Clear();
        }

        foreach (IDisposable put in puts) put.Dispose();
    }
}
