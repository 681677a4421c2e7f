namespace Dna.Fast.Wire;

/// <summary>The part all messages have in common: the top-level map around a body (section 1.2).</summary>
/// <remarks>
/// Keys leave in the order stock uses, which no receiver requires:
/// <code>
/// query, reply   { "a" | "r": body, ["q"], "t", "y", "v", ["n"], ["s"] }
/// error          { "e", "r": {"id"}, "t", "y", "v", ["n"], ["s"] }
/// push of ids    { "a" | "u": body, "y", "v", ["n"], ["s"], ["q"], "t" }
/// </code>
/// </remarks>
internal static class Envelope
{
    /// <summary>Opens the map and a body of <paramref name="bodyPairs"/> pairs, the first of which, <c>id</c>, is written.</summary>
    /// <param name="pairs">Pairs of the top level without <c>n</c> and <c>s</c>.</param>
    public static void Open(ref MsgpackWriter writer, in Sender self, int pairs, ulong body, int bodyPairs)
    {
        OpenMap(ref writer, self, pairs);
        OpenBody(ref writer, self, body, bodyPairs);
    }

    public static void OpenMap(ref MsgpackWriter writer, in Sender self, int pairs) =>
        writer.WriteMapHeader(pairs + (self.Network != 0 ? 1 : 0) + (self.IsClient ? 1 : 0));

    public static void OpenBody(ref MsgpackWriter writer, in Sender self, ulong body, int bodyPairs)
    {
        writer.WriteKey(body);
        writer.WriteMapHeader(bodyPairs);
        writer.WriteKey(WireKeys.Id);
        writer.WriteHash(self.Id);
    }

    /// <summary>Closes a query: <c>q, t, y, v, n, s</c>.</summary>
    public static int CloseQuery(ref MsgpackWriter writer, in Sender self, ulong name, uint t)
    {
        writer.WriteKey(WireKeys.Q);
        writer.WriteKey(name);
        return Close(ref writer, self, t, WireKeys.Q);
    }

    /// <summary>Closes a reply or an error: <c>t, y, v, n, s</c>.</summary>
    public static int Close(ref MsgpackWriter writer, in Sender self, uint t, ulong kind)
    {
        WriteTransaction(ref writer, t);
        WriteKind(ref writer, kind);
        WriteAgent(ref writer, self);
        WriteNetwork(ref writer, self);
        return writer.Length;
    }

    /// <summary>Closes a push of refreshed or expired ids: <c>y, v, n, s, [q], t</c>.</summary>
    /// <param name="name">Query name, 0 for the legacy form that has none.</param>
    public static int ClosePush(ref MsgpackWriter writer, in Sender self, ulong kind, ulong name, uint t)
    {
        WriteKind(ref writer, kind);
        WriteAgent(ref writer, self);
        WriteNetwork(ref writer, self);
        if (name != 0)
        {
            writer.WriteKey(WireKeys.Q);
            writer.WriteKey(name);
        }

        WriteTransaction(ref writer, t);
        return writer.Length;
    }

    public static void WriteTransaction(ref MsgpackWriter writer, uint t)
    {
        writer.WriteKey(WireKeys.T);
        writer.WriteUInt(t);
    }

    public static void WriteKind(ref MsgpackWriter writer, ulong kind)
    {
        writer.WriteKey(WireKeys.Y);
        writer.WriteKey(kind);
    }

    public static void WriteNetwork(ref MsgpackWriter writer, in Sender self)
    {
        if (self.Network != 0)
        {
            writer.WriteKey(WireKeys.N);
            writer.WriteUInt(self.Network);
        }

        if (self.IsClient)
        {
            writer.WriteKey(WireKeys.S);
            writer.WriteBoolean(true);
        }
    }

    private static void WriteAgent(ref MsgpackWriter writer, in Sender self)
    {
        writer.WriteKey(WireKeys.V);
        writer.WriteString(self.Agent);
    }
}
