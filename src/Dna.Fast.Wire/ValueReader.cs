namespace Dna.Fast.Wire;

/// <summary>Packed value to <see cref="ValueView"/>. Any thread; allocates nothing; never throws on input.</summary>
/// <remarks>
/// <code>
/// value  { "id": uint64, "dat": dat | bin (cypher), ["p": uint32], ["pt": str] }
/// dat    { "body": body, ["sig": bin] }
/// body   { ["seq": uint16], ["owner": bin], ["to": bin20], "type": uint16, "data": bin, ["utype": str] }
/// </code>
/// Keys come in any order, the last of equal ones counts, unknown ones are skipped. What an unsigned value says about <c>seq</c>, <c>to</c>
/// and <c>sig</c> is dropped, as stock does (section 4.2). The key in <c>owner</c> is only looked at; that it is a key is the verifier's
/// business.
/// </remarks>
public static class ValueReader
{
    /// <summary>First byte of every SubjectPublicKeyInfo: a DER SEQUENCE.</summary>
    private const byte DerSequence = 0x30;

    [Flags]
    private enum Parts
    {
        None = 0,
        Id = 1,
        Dat = 2,
        Body = 4,
        Seq = 8,
        Type = 16,
        Data = 32,
    }

    /// <summary>Reads one packed value at the start of <paramref name="packed"/>; <paramref name="consumed"/> is its length.</summary>
    /// <returns><see cref="DecodeStatus.TooLarge"/> when it is longer than <see cref="WireLimits.ValueBytesMax"/>.</returns>
    public static DecodeStatus Read(ReadOnlySpan<byte> packed, out ValueView value, out int consumed)
    {
        value = default;
        return Fill(packed, ref value, out consumed);
    }

    /// <summary>Reads a <c>dat</c> map alone: what a decrypted cypher holds (section 4.5). The view has no id.</summary>
    public static DecodeStatus ReadDat(ReadOnlySpan<byte> dat, out ValueView value)
    {
        value = default;
        return FillDat(dat, ref value);
    }

    private static DecodeStatus Fill(ReadOnlySpan<byte> packed, ref ValueView value, out int consumed)
    {
        consumed = 0;
        var reader = new MsgpackReader(packed);
        if (!reader.TryReadMapHeader(out int pairs)) return reader.Status;
        Parts seen = Parts.None;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(1, out ulong key)) return reader.Status;
            if (!TryReadEntry(ref reader, key, ref value, ref seen)) return reader.Status;
        }

        consumed = reader.Position;
        if (consumed > WireLimits.ValueBytesMax) return DecodeStatus.TooLarge;
        if ((seen & (Parts.Id | Parts.Dat)) != (Parts.Id | Parts.Dat)) return DecodeStatus.MissingKey;
        return value.IsEncrypted ? DecodeStatus.Ok : ConcludeClear(ref value, seen);
    }

    private static DecodeStatus FillDat(ReadOnlySpan<byte> dat, ref ValueView value)
    {
        var reader = new MsgpackReader(dat);
        Parts seen = Parts.None;
        return TryReadDat(ref reader, 0, ref value, ref seen) ? ConcludeClear(ref value, seen) : reader.Status;
    }

    private static bool TryReadEntry(scoped ref MsgpackReader reader, ulong key, scoped ref ValueView value, scoped ref Parts seen)
    {
        switch (key)
        {
            case WireKeys.Id:
                seen |= Parts.Id;
                return reader.TryReadUInt64(out value.Id);
            case WireKeys.Dat:
                seen = (seen & Parts.Id) | Parts.Dat;
                ForgetDat(ref value);
                if (reader.Next == MsgpackType.Map) return TryReadDat(ref reader, 1, ref value, ref seen);
                value.IsEncrypted = true;
                return reader.TryReadBlob(out value.Cypher) && (!value.Cypher.IsEmpty || reader.Fail(DecodeStatus.Malformed));
            case WireKeys.P:
                return reader.TryReadUInt(uint.MaxValue, out value.Priority);
            case WireKeys.Pt:
                return reader.TryReadBlob(out value.PushType);
            default:
                return reader.TrySkip(1);
        }
    }

    /// <param name="depth">Containers open around the map.</param>
    private static bool TryReadDat(scoped ref MsgpackReader reader, int depth, scoped ref ValueView value, scoped ref Parts seen)
    {
        if (!reader.TryReadMapHeader(out int pairs)) return false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(depth + 1, out ulong key)) return false;
            switch (key)
            {
                case WireKeys.Body:
                    seen = (seen & (Parts.Id | Parts.Dat)) | Parts.Body;
                    ForgetBody(ref value);
                    if (!TryReadBody(ref reader, depth + 1, ref value, ref seen)) return false;
                    break;
                case WireKeys.Sig:
                    if (!reader.TryReadBlob(out value.Signature)) return false;
                    break;
                default:
                    if (!reader.TrySkip(depth + 1)) return false;
                    break;
            }
        }

        return true;
    }

    private static bool TryReadBody(scoped ref MsgpackReader reader, int depth, scoped ref ValueView value, scoped ref Parts seen)
    {
        if (!reader.TryReadMapHeader(out int pairs)) return false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(depth + 1, out ulong key)) return false;
            bool read = key switch
            {
                WireKeys.Seq => TryReadShort(ref reader, Parts.Seq, out value.Seq, ref seen),
                WireKeys.Type => TryReadShort(ref reader, Parts.Type, out value.Type, ref seen),
                WireKeys.Owner => TryReadOwner(ref reader, out value.Owner),
                WireKeys.To => TryReadRecipient(ref reader, ref value),
                WireKeys.Data => TryReadData(ref reader, out value.Data, ref seen),
                WireKeys.Utype => reader.TryReadBlob(out value.UserType),
                _ => reader.TrySkip(depth + 1),
            };
            if (!read) return false;
        }

        return true;
    }

    private static bool TryReadShort(scoped ref MsgpackReader reader, Parts part, out ushort number, scoped ref Parts seen)
    {
        bool read = reader.TryReadUInt(ushort.MaxValue, out uint wide);
        number = (ushort)wide;
        seen |= part;
        return read;
    }

    private static bool TryReadData(scoped ref MsgpackReader reader, out ReadOnlySpan<byte> data, scoped ref Parts seen)
    {
        seen |= Parts.Data;
        return reader.TryReadBlob(out data);
    }

    private static bool TryReadRecipient(scoped ref MsgpackReader reader, scoped ref ValueView value)
    {
        value.HasRecipient = true;
        return reader.TryReadHash(out value.Recipient);
    }

    private static bool TryReadOwner(scoped ref MsgpackReader reader, out ReadOnlySpan<byte> der) =>
        reader.TryReadBinary(out der) && ((der.Length > 2 && der[0] == DerSequence) || reader.Fail(DecodeStatus.Malformed));

    private static DecodeStatus ConcludeClear(scoped ref ValueView value, Parts seen)
    {
        const Parts Required = Parts.Body | Parts.Type | Parts.Data;
        if ((seen & Required) != Required) return DecodeStatus.MissingKey;
        if (value.IsSigned) return (seen & Parts.Seq) != 0 && !value.Signature.IsEmpty ? DecodeStatus.Ok : DecodeStatus.MissingKey;
        value.Seq = 0;
        value.Signature = default;
        value.HasRecipient = false;
        value.Recipient = default;
        return DecodeStatus.Ok;
    }

    /// <summary>A second <c>dat</c> replaces the first.</summary>
    private static void ForgetDat(scoped ref ValueView value)
    {
        ForgetBody(ref value);
        value.IsEncrypted = false;
        value.Cypher = default;
        value.Signature = default;
    }

    private static void ForgetBody(scoped ref ValueView value)
    {
        value.Seq = 0;
        value.Owner = default;
        value.HasRecipient = false;
        value.Recipient = default;
        value.Type = 0;
        value.Data = default;
        value.UserType = default;
    }
}
