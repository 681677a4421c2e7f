using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>All listeners, found by identity, by key, by host and by age, within <see cref="ListenerLimits"/>. Owner thread.</summary>
internal sealed class ListenerIndex(ListenerLimits limits, Action<ListenedKey> unused)
{
    private readonly Dictionary<ListenerIdentity, Listener> _listeners = [];
    private readonly Dictionary<InfoHash, ListenedKey> _keys = [];
    private readonly Dictionary<Host, LinkedList<Listener>> _hosts = [];
    private readonly LinkedList<Listener> _all = new();

    private readonly record struct Host(ulong High, ulong Low, IpFamily Family);

    public int Count => _listeners.Count;

    /// <summary>The listener renewed longest ago, or null.</summary>
    public Listener? Oldest => _all.First?.Value;

    public ListenedKey? Find(in InfoHash key) => _keys.GetValueOrDefault(key);

    public Listener? Find(in ListenerIdentity identity) => _listeners.GetValueOrDefault(identity);

    /// <summary>The key's entry, made when there is none.</summary>
    /// <param name="isNew">True when it was made: the caller fills it.</param>
    public ListenedKey Get(in InfoHash key, out bool isNew)
    {
        isNew = !_keys.TryGetValue(key, out ListenedKey? entry);
        if (isNew) _keys.Add(key, entry = new ListenedKey(key));
        return entry!;
    }

    /// <summary>True when the bounds of all, of the host and of the key leave room for one more listener.</summary>
    public bool HasRoom(in NodeAddress address, in InfoHash key) =>
        _all.Count < limits.TotalMax
        && (HostOf(address, make: false)?.Count ?? 0) < limits.PerHostMax
        && (Find(key)?.Listeners.Count ?? 0) < limits.PerKeyMax;

    /// <summary>Adds a listener there is room for.</summary>
    /// <returns>True when another socket of its node under its key gave way.</returns>
    public bool Add(Listener listener, ListenedKey key)
    {
        _listeners.Add(listener.Identity, listener);
        _all.AddLast(listener.InAll);
        HostOf(listener.Identity.Address, make: true)!.AddLast(listener.InHost);
        key.Listeners.AddLast(listener.InKey);
        return TrimNode(listener, key);
    }

    /// <summary>Moves a renewed listener to the young end of every list.</summary>
    public void Renew(Listener listener)
    {
        ToLast(_all, listener.InAll);
        ToLast(listener.InHost.List!, listener.InHost);
        ToLast(listener.InKey.List!, listener.InKey);
    }

    public void Remove(Listener listener)
    {
        if (!_listeners.Remove(listener.Identity)) return;
        listener.IsAlive = false;
        _all.Remove(listener.InAll);
        LinkedList<Listener> host = listener.InHost.List!;
        host.Remove(listener.InHost);
        if (host.Count == 0) _hosts.Remove(HostKey(listener.Identity.Address));
        ListenedKey key = _keys[listener.Identity.Key];
        key.Listeners.Remove(listener.InKey);
        RemoveIfUnused(key);
    }

    /// <summary>Removes all listeners of a node at an address.</summary>
    public void RemoveNode(in InfoHash id, in NodeAddress address)
    {
        LinkedListNode<Listener>? node = HostOf(address, make: false)?.First;
        while (node is not null)
        {
            Listener listener = node.Value;
            node = node.Next;
            if (listener.Identity.Node == id && listener.Identity.Address == address) Remove(listener);
        }
    }

    /// <summary>Forgets a key nobody listens to.</summary>
    public void RemoveIfUnused(ListenedKey key)
    {
        if (key.IsUnused && _keys.Remove(key.Key)) unused(key);
    }

    private bool TrimNode(Listener newest, ListenedKey key)
    {
        int count = 0;
        Listener? oldest = null;
        foreach (Listener listener in key.Listeners)
        {
            if (listener.Identity.Node != newest.Identity.Node || listener.Identity.Address != newest.Identity.Address) continue;
            oldest ??= listener;
            count++;
        }

        if (count <= limits.PerNodeAndKeyMax) return false;
        Remove(oldest!);
        return true;
    }

    private LinkedList<Listener>? HostOf(in NodeAddress address, bool make)
    {
        Host key = HostKey(address);
        if (_hosts.TryGetValue(key, out LinkedList<Listener>? host) || !make) return host;
        _hosts.Add(key, host = new LinkedList<Listener>());
        return host;
    }

    private static Host HostKey(in NodeAddress address) =>
        address.IsV4 ? new Host(0, address.Low, IpFamily.V4) : new Host(address.High, 0, IpFamily.V6);

    private static void ToLast(LinkedList<Listener> list, LinkedListNode<Listener> node)
    {
        list.Remove(node);
        list.AddLast(node);
    }
}
