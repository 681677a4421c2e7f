namespace Dna.Fast.Wire;

/// <summary>What every datagram of ours says about us.</summary>
/// <param name="Id">Our node id.</param>
/// <param name="Network">Network id; 0 is not sent.</param>
/// <param name="IsClient">True sets <c>s</c>: peers answer us and do not hand us out.</param>
public readonly record struct Sender(InfoHash Id, uint Network, bool IsClient);

/// <summary>Queries to bytes (section 2). Each method returns the datagram's length, 0 when <c>to</c> is too small. Any thread; allocates nothing.</summary>
/// <remarks><c>t</c> is the transaction id. A raw query map is optional: empty means none. <c>values</c> is a complete msgpack array, see <see cref="ValueListWriter"/>.</remarks>
public static class QueryWriter
{
    public static int Ping(Span<byte> to, in Sender self, uint t) => throw new NotImplementedException();

    public static int Find(Span<byte> to, in Sender self, uint t, in InfoHash target, Want want) => throw new NotImplementedException();

    public static int Get(Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> query, Want want) => throw new NotImplementedException();

    /// <param name="created">Seconds since 1970 UTC; negative: not sent (a permanent value).</param>
    public static int Put(Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> values, long created, ReadOnlySpan<byte> token) =>
        throw new NotImplementedException();

    public static int Refresh(Span<byte> to, in Sender self, uint t, in InfoHash key, ulong valueId, ReadOnlySpan<byte> token) => throw new NotImplementedException();

    public static int Listen(Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> token, uint socketId, ReadOnlySpan<byte> query) =>
        throw new NotImplementedException();

    public static int UpdateValues(Span<byte> to, in Sender self, uint t, in InfoHash key, uint socketId, ReadOnlySpan<byte> values, ReadOnlySpan<byte> token) =>
        throw new NotImplementedException();

    /// <summary><c>re</c>: ids whose lifetime began anew.</summary>
    public static int UpdateRefreshed(Span<byte> to, in Sender self, uint t, uint socketId, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token) => throw new NotImplementedException();

    /// <summary><c>exp</c>: ids that expired or were removed.</summary>
    public static int UpdateExpired(Span<byte> to, in Sender self, uint t, uint socketId, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token) => throw new NotImplementedException();
}

/// <summary>Replies to bytes (section 2). Each method returns the datagram's length, 0 when <c>to</c> is too small. Any thread; allocates nothing.</summary>
/// <remarks><c>requester</c> becomes <c>sa</c>.</remarks>
public static class ReplyWriter
{
    /// <summary>The reply to ping, and to update: <c>{id, sa}</c>.</summary>
    public static int Pong(Span<byte> to, in Sender self, uint t, in NodeAddress requester) => throw new NotImplementedException();

    /// <summary>The reply to find, and to get: <c>{id, sa, [n4], [n6], token, [values | fileds]}</c>.</summary>
    /// <param name="values">A complete msgpack array, or empty for none.</param>
    /// <param name="fields">A complete <c>fileds</c> map, or empty for none.</param>
    public static int Found(
        Span<byte> to, in Sender self, uint t, in NodeAddress requester, ReadOnlySpan<byte> nodes4, ReadOnlySpan<byte> nodes6, ReadOnlySpan<byte> token,
        ReadOnlySpan<byte> values, ReadOnlySpan<byte> fields) => throw new NotImplementedException();

    /// <summary>The reply to put and refresh: <c>{id, vid, sa}</c>.</summary>
    public static int Stored(Span<byte> to, in Sender self, uint t, in NodeAddress requester, ulong valueId) => throw new NotImplementedException();

    /// <summary>The reply to listen: <c>{id, sa, token}</c>.</summary>
    public static int Listening(Span<byte> to, in Sender self, uint t, in NodeAddress requester, ReadOnlySpan<byte> token) => throw new NotImplementedException();

    /// <summary><c>{e: [code, text], r: {id}}</c>.</summary>
    public static int Error(Span<byte> to, in Sender self, uint t, int code, ReadOnlySpan<byte> text) => throw new NotImplementedException();

    /// <summary>Pushes to listeners of protocol version 0 (section 7.1): a reply map whose <c>t</c> is the socket id.</summary>
    public static int LegacyValues(Span<byte> to, in Sender self, uint socketId, ReadOnlySpan<byte> values, ReadOnlySpan<byte> token) => throw new NotImplementedException();

    /// <summary>Legacy <c>u</c> map with <c>re</c> (refreshed) or <c>exp</c>.</summary>
    public static int LegacyIds(Span<byte> to, in Sender self, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token) => throw new NotImplementedException();
}

/// <summary>The fragments of big values (section 1.6).</summary>
public static class FragmentWriter
{
    /// <summary>One fragment: <c>{[n], [s], y: "p", t, p: {index: {o: offset, d: data}}}</c>.</summary>
    /// <returns>The datagram's length; 0 when <paramref name="to"/> is too small.</returns>
    public static int Write(Span<byte> to, in Sender self, uint t, int index, int offset, ReadOnlySpan<byte> data) => throw new NotImplementedException();
}

/// <summary>The <c>values</c> array, inline or as a list of sizes.</summary>
public static class ValueListWriter
{
    /// <summary>True when values of these sizes travel inline: fewer than 50, together less than 600 bytes.</summary>
    public static bool FitsInline(int count, int bytes) => count < WireLimits.InlineValuesMax && bytes < WireLimits.InlineBytesMax;

    /// <summary>Array header and the packed values, which are given back to back.</summary>
    public static int Inline(Span<byte> to, ReadOnlySpan<byte> packedValues, int count) => throw new NotImplementedException();

    /// <summary>Array of sizes.</summary>
    public static int Sizes(Span<byte> to, ReadOnlySpan<int> sizes) => throw new NotImplementedException();
}
