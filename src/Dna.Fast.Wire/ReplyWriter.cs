namespace Dna.Fast.Wire;

/// <summary>
/// Replies to bytes (section 2). Each method returns the datagram's length, 0 when <c>to</c> is too small. Any thread; allocates nothing.
/// </summary>
/// <remarks>
/// <c>requester</c> becomes <c>sa</c>. Bytes of <c>to</c> behind the returned length may have been overwritten. The forms (see
/// <see cref="Envelope"/> for what is around them):
/// <code>
/// ping, update    r: { id, sa }
/// find, get       r: { id, sa, [n4], [n6], [token], [values | fileds] }
/// put, refresh    r: { id, vid, sa }
/// listen          r: { id, sa, token }
/// error           e: [ code, text ], r: { id }
/// legacy pushes   r: { id, token, values }  or  u: { id, token, re | exp: [...] }
/// </code>
/// </remarks>
public static class ReplyWriter
{
    /// <summary>Pairs of a reply's top level: <c>r, t, y, v</c>.</summary>
    private const int Pairs = 4;

    /// <summary>The reply to ping, and to update: <c>{id, sa}</c>.</summary>
    public static int Pong(Span<byte> to, in Sender self, uint t, in NodeAddress requester)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.R, 2);
        WriteReported(ref writer, requester);
        return Envelope.Close(ref writer, self, t, WireKeys.R);
    }

    /// <summary>The reply to find, and to get: <c>{id, sa, [n4], [n6], token, [values | fileds]}</c>.</summary>
    /// <param name="token">1 to 64 bytes. Empty leaves the key out, and stock then blacklists the replier (section 0).</param>
    /// <param name="values">A complete msgpack array, or empty for none.</param>
    /// <param name="fields">A complete <c>fileds</c> map, or empty for none.</param>
    public static int Found(
        Span<byte> to, in Sender self, uint t, in NodeAddress requester, ReadOnlySpan<byte> nodes4, ReadOnlySpan<byte> nodes6,
        ReadOnlySpan<byte> token, ReadOnlySpan<byte> values, ReadOnlySpan<byte> fields)
    {
        int pairs = 2 + (nodes4.IsEmpty ? 0 : 1) + (nodes6.IsEmpty ? 0 : 1) + (token.IsEmpty ? 0 : 1);
        pairs += (values.IsEmpty ? 0 : 1) + (fields.IsEmpty ? 0 : 1);
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.R, pairs);
        WriteReported(ref writer, requester);
        WriteNodes(ref writer, WireKeys.N4, nodes4);
        WriteNodes(ref writer, WireKeys.N6, nodes6);
        if (!token.IsEmpty) QueryWriter.WriteToken(ref writer, token);
        if (!values.IsEmpty) QueryWriter.WriteValues(ref writer, values);
        if (!fields.IsEmpty)
        {
            writer.WriteKey(WireKeys.Fileds);
            writer.WriteRaw(fields);
        }

        return Envelope.Close(ref writer, self, t, WireKeys.R);
    }

    /// <summary>The reply to put and refresh: <c>{id, vid, sa}</c>.</summary>
    public static int Stored(Span<byte> to, in Sender self, uint t, in NodeAddress requester, ulong valueId)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.R, 3);
        writer.WriteKey(WireKeys.Vid);
        writer.WriteUInt(valueId);
        WriteReported(ref writer, requester);
        return Envelope.Close(ref writer, self, t, WireKeys.R);
    }

    /// <summary>The reply to listen: <c>{id, sa, token}</c>.</summary>
    public static int Listening(Span<byte> to, in Sender self, uint t, in NodeAddress requester, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.R, 3);
        WriteReported(ref writer, requester);
        QueryWriter.WriteToken(ref writer, token);
        return Envelope.Close(ref writer, self, t, WireKeys.R);
    }

    /// <summary><c>{e: [code, text], r: {id}}</c>.</summary>
    /// <param name="code">0 to 65535, see section 2.9.</param>
    /// <param name="text">UTF-8, informative.</param>
    public static int Error(Span<byte> to, in Sender self, uint t, int code, ReadOnlySpan<byte> text)
    {
        var writer = new MsgpackWriter(to);
        Envelope.OpenMap(ref writer, self, Pairs + 1);
        writer.WriteKey(WireKeys.E);
        writer.WriteArrayHeader(2);
        writer.WriteInt(code);
        writer.WriteString(text);
        Envelope.OpenBody(ref writer, self, WireKeys.R, 1);
        return Envelope.Close(ref writer, self, t, WireKeys.E);
    }

    /// <summary>Pushes to listeners of protocol version 0 (section 7.1): a reply map whose <c>t</c> is the socket id.</summary>
    public static int LegacyValues(Span<byte> to, in Sender self, uint socketId, ReadOnlySpan<byte> values, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.R, 3);
        QueryWriter.WriteToken(ref writer, token);
        QueryWriter.WriteValues(ref writer, values);
        return Envelope.Close(ref writer, self, socketId, WireKeys.R);
    }

    /// <summary>Legacy <c>u</c> map with <c>re</c> (refreshed) or <c>exp</c>.</summary>
    public static int LegacyIds(
        Span<byte> to, in Sender self, uint socketId, bool refreshed, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.U, 3);
        QueryWriter.WriteToken(ref writer, token);
        QueryWriter.WriteIds(ref writer, refreshed ? WireKeys.Re : WireKeys.Exp, ids);
        return Envelope.ClosePush(ref writer, self, WireKeys.R, 0, socketId);
    }

    private static void WriteReported(ref MsgpackWriter writer, in NodeAddress requester)
    {
        Span<byte> address = stackalloc byte[16];
        writer.WriteKey(WireKeys.Sa);
        writer.WriteBinary(address[..requester.WriteAddress(address)]);
    }

    private static void WriteNodes(ref MsgpackWriter writer, ulong key, ReadOnlySpan<byte> nodes)
    {
        if (nodes.IsEmpty) return;
        writer.WriteKey(key);
        writer.WriteBinary(nodes);
    }
}
