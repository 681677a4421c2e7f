namespace Dna.Fast.Wire;

/// <summary>
/// Values to bytes, in canonical form (section 4.2): known keys, their order, shortest msgpack. Any thread; allocates nothing.
/// </summary>
/// <remarks>
/// <code>
/// value  { "id", "dat": dat | bin (cypher), ["p"], ["pt"] }
/// dat    { "body": body, ["sig"] }
/// body   { ["seq", "owner", ["to"]], "type", "data", ["utype"] }
/// </code>
/// An unsigned view loses <c>seq</c>, <c>to</c> and <c>sig</c>. Bytes of the destination behind the returned length may have been
/// overwritten.
/// </remarks>
public static class ValueWriter
{
    /// <summary>
    /// More than all keys, headers, numbers and the recipient take together: 60 bytes of keys, 9 headers of up to 5 bytes, 24 of numbers,
    /// 22.
    /// </summary>
    private const int OverheadBytesMax = 160;

    /// <summary>Upper bound of <see cref="Write"/>'s output, in bytes.</summary>
    public static int BytesMax(in ValueView value) => OverheadBytesMax + value.PayloadBytes + value.Owner.Length;

    /// <summary>Writes the packed value.</summary>
    /// <returns>Bytes written; 0 when <paramref name="destination"/> is too small.</returns>
    public static int Write(Span<byte> destination, in ValueView value)
    {
        var writer = new MsgpackWriter(destination);
        writer.WriteMapHeader(2 + (value.Priority != 0 ? 1 : 0) + (value.PushType.IsEmpty ? 0 : 1));
        writer.WriteKey(WireKeys.Id);
        writer.WriteUInt(value.Id);
        writer.WriteKey(WireKeys.Dat);
        if (value.IsEncrypted) writer.WriteBinary(value.Cypher);
        else WriteDat(ref writer, value);

        if (value.Priority != 0)
        {
            writer.WriteKey(WireKeys.P);
            writer.WriteUInt(value.Priority);
        }

        if (!value.PushType.IsEmpty)
        {
            writer.WriteKey(WireKeys.Pt);
            writer.WriteString(value.PushType);
        }

        return writer.Length;
    }

    /// <summary>Writes the <c>body</c> map alone: the bytes a signature covers (section 4.4).</summary>
    /// <returns>Bytes written; 0 when <paramref name="destination"/> is too small.</returns>
    public static int WriteBody(Span<byte> destination, in ValueView value)
    {
        var writer = new MsgpackWriter(destination);
        WriteBody(ref writer, value);
        return writer.Length;
    }

    /// <summary>Writes the <c>dat</c> map alone: what a cypher covers (section 4.5).</summary>
    /// <returns>Bytes written; 0 when <paramref name="destination"/> is too small.</returns>
    public static int WriteDat(Span<byte> destination, in ValueView value)
    {
        var writer = new MsgpackWriter(destination);
        WriteDat(ref writer, value);
        return writer.Length;
    }

    private static void WriteDat(ref MsgpackWriter writer, in ValueView value)
    {
        writer.WriteMapHeader(value.IsSigned ? 2 : 1);
        writer.WriteKey(WireKeys.Body);
        WriteBody(ref writer, value);
        if (!value.IsSigned) return;
        writer.WriteKey(WireKeys.Sig);
        writer.WriteBinary(value.Signature);
    }

    private static void WriteBody(ref MsgpackWriter writer, in ValueView value)
    {
        bool hasRecipient = value.IsSigned && value.HasRecipient;
        writer.WriteMapHeader(2 + (value.IsSigned ? 2 : 0) + (hasRecipient ? 1 : 0) + (value.UserType.IsEmpty ? 0 : 1));
        if (value.IsSigned)
        {
            writer.WriteKey(WireKeys.Seq);
            writer.WriteUInt(value.Seq);
            writer.WriteKey(WireKeys.Owner);
            writer.WriteBinary(value.Owner);
        }

        if (hasRecipient)
        {
            writer.WriteKey(WireKeys.To);
            writer.WriteHash(value.Recipient);
        }

        writer.WriteKey(WireKeys.Type);
        writer.WriteUInt(value.Type);
        writer.WriteKey(WireKeys.Data);
        writer.WriteBinary(value.Data);
        if (value.UserType.IsEmpty) return;
        writer.WriteKey(WireKeys.Utype);
        writer.WriteString(value.UserType);
    }
}
