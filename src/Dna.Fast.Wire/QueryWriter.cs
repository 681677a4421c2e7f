namespace Dna.Fast.Wire;

/// <summary>
/// Queries to bytes (section 2). Each method returns the datagram's length, 0 when <c>to</c> is too small. Any thread; allocates nothing.
/// </summary>
/// <remarks>
/// <c>t</c> is the transaction id. A raw query map is optional: empty means none. <c>values</c> is a complete msgpack array, see
/// <see cref="ValueListWriter"/>. Bytes of <c>to</c> behind the returned length may have been overwritten. The forms (see
/// <see cref="Envelope"/> for what is around them):
/// <code>
/// ping     a: { id }
/// find     a: { id, target, [w] }
/// get      a: { id, h, [q], [w] }
/// put      a: { id, h, values, [c], token }
/// refresh  a: { id, h, vid, token }
/// listen   a: { id, ve: 1, h, token, sid, [q] }
/// update   a: { id, ve: 1, h, sid, values, token }  or  a: { id, sid, token, re | exp: [...] }
/// </code>
/// </remarks>
public static class QueryWriter
{
    /// <summary><c>ve</c>: the listener protocol with <c>update</c> queries (section 2.7).</summary>
    private const uint ListenVersion = 1;

    /// <summary>Pairs of a query's top level: <c>a, q, t, y, v</c>.</summary>
    private const int Pairs = 5;

    public static int Ping(Span<byte> to, in Sender self, uint t)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 1);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Ping, t);
    }

    public static int Find(Span<byte> to, in Sender self, uint t, in InfoHash target, Want want)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 2 + WantPairs(want));
        writer.WriteKey(WireKeys.Target);
        writer.WriteHash(target);
        WriteWant(ref writer, want);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Find, t);
    }

    public static int Get(Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> query, Want want)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 2 + (query.IsEmpty ? 0 : 1) + WantPairs(want));
        WriteTarget(ref writer, key);
        WriteQuery(ref writer, query);
        WriteWant(ref writer, want);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Get, t);
    }

    /// <param name="created">Seconds since 1970 UTC; negative: not sent (a permanent value).</param>
    public static int Put(
        Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> values, long created, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, created >= 0 ? 5 : 4);
        WriteTarget(ref writer, key);
        WriteValues(ref writer, values);
        if (created >= 0)
        {
            writer.WriteKey(WireKeys.C);
            writer.WriteInt(created);
        }

        WriteToken(ref writer, token);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Put, t);
    }

    public static int Refresh(Span<byte> to, in Sender self, uint t, in InfoHash key, ulong valueId, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 4);
        WriteTarget(ref writer, key);
        writer.WriteKey(WireKeys.Vid);
        writer.WriteUInt(valueId);
        WriteToken(ref writer, token);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Refresh, t);
    }

    public static int Listen(
        Span<byte> to, in Sender self, uint t, in InfoHash key, ReadOnlySpan<byte> token, uint socketId, ReadOnlySpan<byte> query)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, query.IsEmpty ? 5 : 6);
        WriteListenVersion(ref writer);
        WriteTarget(ref writer, key);
        WriteToken(ref writer, token);
        WriteSocket(ref writer, socketId);
        WriteQuery(ref writer, query);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Listen, t);
    }

    public static int UpdateValues(
        Span<byte> to, in Sender self, uint t, in InfoHash key, uint socketId, ReadOnlySpan<byte> values, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 6);
        WriteListenVersion(ref writer);
        WriteTarget(ref writer, key);
        WriteSocket(ref writer, socketId);
        WriteValues(ref writer, values);
        WriteToken(ref writer, token);
        return Envelope.CloseQuery(ref writer, self, WireKeys.Update, t);
    }

    /// <summary><c>re</c>: ids whose lifetime began anew.</summary>
    public static int UpdateRefreshed(
        Span<byte> to, in Sender self, uint t, uint socketId, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token) =>
        UpdateIds(to, self, t, socketId, WireKeys.Re, ids, token);

    /// <summary><c>exp</c>: ids that expired or were removed.</summary>
    public static int UpdateExpired(
        Span<byte> to, in Sender self, uint t, uint socketId, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token) =>
        UpdateIds(to, self, t, socketId, WireKeys.Exp, ids, token);

    internal static void WriteToken(ref MsgpackWriter writer, ReadOnlySpan<byte> token)
    {
        writer.WriteKey(WireKeys.Token);
        writer.WriteBinary(token);
    }

    internal static void WriteValues(ref MsgpackWriter writer, ReadOnlySpan<byte> values)
    {
        writer.WriteKey(WireKeys.Values);
        writer.WriteRaw(values);
    }

    internal static void WriteIds(ref MsgpackWriter writer, ulong key, ReadOnlySpan<ulong> ids)
    {
        writer.WriteKey(key);
        writer.WriteArrayHeader(ids.Length);
        foreach (ulong id in ids) writer.WriteUInt(id);
    }

    private static int UpdateIds(
        Span<byte> to, in Sender self, uint t, uint socketId, ulong key, ReadOnlySpan<ulong> ids, ReadOnlySpan<byte> token)
    {
        var writer = new MsgpackWriter(to);
        Envelope.Open(ref writer, self, Pairs, WireKeys.A, 4);
        WriteSocket(ref writer, socketId);
        WriteToken(ref writer, token);
        WriteIds(ref writer, key, ids);
        return Envelope.ClosePush(ref writer, self, WireKeys.Q, WireKeys.Update, t);
    }

    private static void WriteTarget(ref MsgpackWriter writer, in InfoHash key)
    {
        writer.WriteKey(WireKeys.H);
        writer.WriteHash(key);
    }

    private static void WriteListenVersion(ref MsgpackWriter writer)
    {
        writer.WriteKey(WireKeys.Ve);
        writer.WriteUInt(ListenVersion);
    }

    private static void WriteSocket(ref MsgpackWriter writer, uint socketId)
    {
        writer.WriteKey(WireKeys.Sid);
        writer.WriteUInt(socketId);
    }

    private static void WriteQuery(ref MsgpackWriter writer, ReadOnlySpan<byte> query)
    {
        if (query.IsEmpty) return;
        writer.WriteKey(WireKeys.Q);
        writer.WriteRaw(query);
    }

    private static int WantPairs(Want want) => (want & Want.Unsaid) != 0 ? 0 : 1;

    private static void WriteWant(ref MsgpackWriter writer, Want want)
    {
        if ((want & Want.Unsaid) != 0) return;
        bool v4 = (want & Want.V4) != 0, v6 = (want & Want.V6) != 0;
        writer.WriteKey(WireKeys.W);
        writer.WriteArrayHeader((v4 ? 1 : 0) + (v6 ? 1 : 0));
        if (v4) writer.WriteUInt((ulong)IpFamily.V4);
        if (v6) writer.WriteUInt((ulong)IpFamily.V6);
    }
}
