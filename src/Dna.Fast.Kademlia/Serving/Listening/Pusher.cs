using Dna.Fast.Kademlia.Serving.Queries;

namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>Splits what a listener is to be told into pushes of its protocol version. Owner thread.</summary>
internal sealed class Pusher(IUpdateSender sender)
{
    private readonly ValueCollector _matching = new();

    /// <summary>Pushes those of the values that pass the listener's query.</summary>
    /// <returns>False when the sender refused or the listener is gone: nothing more is sent to it in this turn.</returns>
    public bool Matching(Listener listener, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes)
    {
        if (listener.Query.Length == 0) return Values(listener, packed, sizes);
        _matching.Begin([]);
        foreach (int size in sizes)
        {
            if (QueryFilter.Matches(listener.Query, packed[..size])) _matching.Append(packed[..size]);
            packed = packed[size..];
        }

        return Values(listener, _matching.Packed, _matching.Sizes);
    }

    /// <summary>Pushes values.</summary>
    /// <returns>As of <see cref="Matching"/>.</returns>
    public bool Values(Listener listener, ReadOnlySpan<byte> packed, ReadOnlySpan<int> sizes)
    {
        while (!sizes.IsEmpty && listener.IsAlive)
        {
            int count = 0, bytes = 0;
            while (count < sizes.Length && bytes < ListenerTable.PushBytes) bytes += sizes[count++];
            ReadOnlySpan<byte> some = packed[..bytes];
            bool sent = listener.Version == 0
                ? sender.SendLegacyValues(listener.Route, listener.Identity.SocketId, some, sizes[..count])
                : sender.SendValues(listener.Identity.Node, listener.Route, listener.Identity.Key, listener.Identity.SocketId, some, sizes[..count]);
            if (!sent) return false;
            packed = packed[bytes..];
            sizes = sizes[count..];
        }

        return listener.IsAlive;
    }

    /// <summary>Pushes ids that were refreshed, or are gone.</summary>
    /// <returns>As of <see cref="Matching"/>.</returns>
    public bool Ids(Listener listener, bool refreshed, ReadOnlySpan<ulong> ids)
    {
        while (!ids.IsEmpty && listener.IsAlive)
        {
            ReadOnlySpan<ulong> some = ids[..Math.Min(ids.Length, ListenerTable.IdsPerPushMax)];
            ids = ids[some.Length..];
            bool sent = listener.Version == 0
                ? sender.SendLegacyIds(listener.Route, listener.Identity.SocketId, refreshed, some)
                : sender.SendIds(listener.Identity.Node, listener.Route, listener.Identity.SocketId, refreshed, some);
            if (!sent) return false;
        }

        return listener.IsAlive;
    }
}
