using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Turns changes into pushes for one listener at a time: values that pass its filter, then refreshed, then gone ids (section 7). Owner thread only.</summary>
internal sealed class ListenerPusher(IUpdateSender sender)
{
    private readonly List<ulong> _ids = [];
    private readonly List<int> _sizes = [];
    private byte[] _packed = new byte[4096];
    private int _used;

    /// <summary>What changed since the last push. <paramref name="values"/> holds the new and the refreshed ones.</summary>
    public void PushChanges(Listener listener, ListenedKey listened, PushList values)
    {
        if (!PushValues(listener, listened.Key, values, listened.Changes)) return;
        if (PushIds(listener, listened.Changes, ValueChange.Refreshed)) PushIds(listener, listened.Changes, ValueChange.Gone);
    }

    /// <summary>Everything that passes the filter, for a new listener.</summary>
    public void PushAll(Listener listener, in InfoHash key, PushList values) => PushValues(listener, key, values, null);

    // Filters apply to values only (section 7): ids go to everyone.
    private bool PushValues(Listener listener, InfoHash key, PushList values, Dictionary<ulong, ValueChange>? changes)
    {
        if (QueryView.TryRead(listener.Query, out QueryView query) != DecodeStatus.Ok) return true;
        for (int i = 0; i < values.Count; i++)
        {
            ReadOnlySpan<byte> packed = values.Packed(i);
            if (changes is not null && changes[values.Slot(i).ValueId] != ValueChange.Stored) continue;
            if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok || !query.Matches(value)) continue;
            Append(packed);
            if (_used >= ListenerTable.PushBytes && !SendValues(listener, key)) return false;
        }

        return _sizes.Count == 0 || SendValues(listener, key);
    }

    private bool PushIds(Listener listener, Dictionary<ulong, ValueChange> changes, ValueChange kind)
    {
        _ids.Clear();
        foreach ((ulong id, ValueChange change) in changes)
        {
            if (change == kind) _ids.Add(id);
        }

        bool refreshed = kind == ValueChange.Refreshed;
        ReadOnlySpan<ulong> ids = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids);
        for (int at = 0; at < ids.Length; at += ListenerTable.IdsPerPushMax)
        {
            ReadOnlySpan<ulong> part = ids.Slice(at, Math.Min(ListenerTable.IdsPerPushMax, ids.Length - at));
            bool sent = listener.Version == 0
                ? sender.SendLegacyIds(listener.Route, listener.SocketId, refreshed, part)
                : sender.SendIds(listener.Node, listener.Route, listener.SocketId, refreshed, part);
            if (!sent) return false;
        }

        return true;
    }

    private void Append(ReadOnlySpan<byte> packed)
    {
        if (_packed.Length - _used < packed.Length) Array.Resize(ref _packed, Math.Max(2 * _packed.Length, _used + packed.Length));
        packed.CopyTo(_packed.AsSpan(_used));
        _used += packed.Length;
        _sizes.Add(packed.Length);
    }

    private bool SendValues(Listener listener, in InfoHash key)
    {
        ReadOnlySpan<int> sizes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sizes);
        ReadOnlySpan<byte> packed = _packed.AsSpan(0, _used);
        bool sent = listener.Version == 0
            ? sender.SendLegacyValues(listener.Route, listener.SocketId, packed, sizes)
            : sender.SendValues(listener.Node, listener.Route, key, listener.SocketId, packed, sizes);
        _sizes.Clear();
        _used = 0;
        return sent;
    }
}
