using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Builds the datagrams of our queries and hands them to the <see cref="RequestEngine"/>. Owner thread only.</summary>
internal sealed class QuerySender(RequestEngine engine, Sender self)
{
    /// <summary>Room for a fragment: 1280 data bytes and at most 34 around them (section 1.6).</summary>
    private const int FragmentRoom = WireLimits.FragmentBytes + 64;

    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];

    public RequestEngine Engine => engine;

    /// <summary>Pings an address whose node we do not know.</summary>
    public Request PingAddress(in NodeAddress address, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        int length = QueryWriter.Ping(_buffer, self, t);
        return engine.Send(t, new Route(address, default), null, [Copy(length)], events);
    }

    public Request Ping(Contact contact, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        return Send(contact, t, QueryWriter.Ping(_buffer, self, t), events);
    }

    public Request Find(Contact contact, in InfoHash target, Want want, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        return Send(contact, t, QueryWriter.Find(_buffer, self, t, target, want), events, wantsToken: true);
    }

    public Request Get(Contact contact, in InfoHash key, ReadOnlySpan<byte> query, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        return Send(contact, t, QueryWriter.Get(_buffer, self, t, key, query, Want.Unsaid), events, wantsToken: true);
    }

    /// <param name="created">Seconds since 1970; negative for a permanent value.</param>
    public Request Put(Contact contact, in InfoHash key, ReadOnlySpan<byte> packed, long created, ReadOnlySpan<byte> token, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        byte[] values = ValueList([packed.Length], packed);
        int length = QueryWriter.Put(_buffer, self, t, key, values, created, token);
        var datagrams = new List<byte[]> { Copy(length) };
        if (!ValueListWriter.FitsInline(1, packed.Length)) AddFragments(datagrams, t, 0, packed);
        return engine.Send(t, new Route(contact.Address, default), contact, datagrams, events);
    }

    public Request Refresh(Contact contact, in InfoHash key, ulong valueId, ReadOnlySpan<byte> token, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        return Send(contact, t, QueryWriter.Refresh(_buffer, self, t, key, valueId, token), events);
    }

    public Request Listen(Contact contact, in InfoHash key, ReadOnlySpan<byte> token, uint socketId, ReadOnlySpan<byte> query, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        return Send(contact, t, QueryWriter.Listen(_buffer, self, t, key, token, socketId, query), events);
    }

    /// <summary>Pushes values to a listener. They travel inline or in fragments by the rule of section 1.6.</summary>
    /// <param name="sizes">Length of each packed value.</param>
    /// <param name="packed">The packed values back to back.</param>
    public Request UpdateValues(
        Contact contact, in Route route, in InfoHash key, uint socketId, ReadOnlySpan<int> sizes, ReadOnlySpan<byte> packed, ReadOnlySpan<byte> token, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        byte[] values = ValueList(sizes, packed);
        int length = QueryWriter.UpdateValues(_buffer, self, t, key, socketId, values, token);
        var datagrams = new List<byte[]> { Copy(length) };
        if (!ValueListWriter.FitsInline(sizes.Length, packed.Length)) AddAllFragments(datagrams, t, sizes, packed);
        return engine.Send(t, route, contact, datagrams, events);
    }

    /// <summary>Tells a listener of refreshed (<c>re</c>) or gone (<c>exp</c>) ids.</summary>
    public Request UpdateIds(Contact contact, in Route route, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token, RequestEvents events)
    {
        uint t = engine.NextTransaction();
        int length = refreshed
            ? QueryWriter.UpdateRefreshed(_buffer, self, t, socketId, ids, token)
            : QueryWriter.UpdateExpired(_buffer, self, t, socketId, ids, token);
        return engine.Send(t, route, contact, [Copy(length)], events);
    }

    /// <summary>The <c>values</c> array in the form the sizes ask for.</summary>
    public static byte[] ValueList(ReadOnlySpan<int> sizes, ReadOnlySpan<byte> packed)
    {
        // 5 bytes are the longest array header and the longest size.
        var array = new byte[ValueListWriter.FitsInline(sizes.Length, packed.Length) ? packed.Length + 5 : 5 * (sizes.Length + 1)];
        int length = ValueListWriter.FitsInline(sizes.Length, packed.Length)
            ? ValueListWriter.Inline(array, packed, sizes.Length)
            : ValueListWriter.Sizes(array, sizes);
        return array[..length];
    }

    private Request Send(Contact contact, uint t, int length, RequestEvents events, bool wantsToken = false) =>
        engine.Send(t, new Route(contact.Address, default), contact, [Copy(length)], events, wantsToken);

    private void AddAllFragments(List<byte[]> datagrams, uint t, ReadOnlySpan<int> sizes, ReadOnlySpan<byte> packed)
    {
        int start = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            AddFragments(datagrams, t, i, packed.Slice(start, sizes[i]));
            start += sizes[i];
        }
    }

    // In ascending offset after the header: 2.4.12 takes them in no other order (section 1.6).
    private void AddFragments(List<byte[]> datagrams, uint t, int index, ReadOnlySpan<byte> packed)
    {
        Span<byte> room = stackalloc byte[FragmentRoom];
        for (int offset = 0; offset < packed.Length; offset += WireLimits.FragmentBytes)
        {
            ReadOnlySpan<byte> data = packed.Slice(offset, Math.Min(WireLimits.FragmentBytes, packed.Length - offset));
            datagrams.Add(room[..FragmentWriter.Write(room, self, t, index, offset, data)].ToArray());
        }
    }

    private byte[] Copy(int length)
    {
        if (length == 0) throw new InvalidOperationException("a query did not fit a datagram");
        return _buffer.AsSpan(0, length).ToArray();
    }
}
