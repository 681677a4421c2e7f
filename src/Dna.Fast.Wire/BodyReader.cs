namespace Dna.Fast.Wire;

/// <summary>Reads the body of a message: the map under <c>a</c>, <c>r</c> or <c>u</c> (section 2).</summary>
/// <remarks>
/// <code>
/// { "id": bin20, "target" | "h": bin20, "w": [2 | 10, ...], "token": bin, "sid": uint32, "ve": uint32, "vid": uint64, "c": int64,
///   "values": [map | uint, ...], "re" | "exp": [uint64, ...], "n4": bin, "n6": bin, "sa": bin, "q": map, "fileds": map }
/// </code>
/// </remarks>
internal static class BodyReader
{
    /// <summary>Containers open while the keys of the body are read: the top-level map and the body.</summary>
    private const int Depth = 2;

    public static bool TryRead(scoped ref MsgpackReader reader, scoped ref Message message)
    {
        if (!reader.TryReadMapHeader(out int pairs)) return false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(Depth, out ulong key)) return false;
            if (!TryReadEntry(ref reader, key, ref message)) return false;
        }

        return true;
    }

    /// <summary>Forgets everything a body has set: another body takes its place.</summary>
    public static void Clear(scoped ref Message message)
    {
        Message kept = message;
        message = default;
        message.Want = Want.Unsaid;
        message.Kind = kept.Kind;
        message.Transaction = kept.Transaction;
        message.Network = kept.Network;
        message.IsClient = kept.IsClient;
        message.Agent = kept.Agent;
        message.ErrorCode = kept.ErrorCode;
        message.ErrorText = kept.ErrorText;
        message.Fragments = kept.Fragments;
    }

    private static bool TryReadEntry(scoped ref MsgpackReader reader, ulong key, scoped ref Message message)
    {
        switch (key)
        {
            case WireKeys.Id: return TryReadId(ref reader, out message.Id);
            case WireKeys.Target or WireKeys.H: return reader.TryReadHash(out message.Target);
            case WireKeys.Token: return reader.TryReadBinary(out message.Token);
            case WireKeys.Sa: return TryReadReported(ref reader, ref message);
            case WireKeys.N4: return reader.TryReadBinary(out message.Nodes4);
            case WireKeys.N6: return reader.TryReadBinary(out message.Nodes6);
            case WireKeys.Values: return TryReadValues(ref reader, ref message);
            case WireKeys.Q: return reader.TryReadRawMap(Depth, out message.Query);
            case WireKeys.Fileds: return reader.TryReadRawMap(Depth, out message.Fields);
            case WireKeys.W: return TryReadWant(ref reader, out message.Want);
            case WireKeys.Sid: return reader.TryReadUInt(uint.MaxValue, out message.SocketId);
            case WireKeys.Ve: return reader.TryReadUInt(uint.MaxValue, out message.ListenVersion);
            case WireKeys.Vid: return reader.TryReadUInt64(out message.ValueId);
            case WireKeys.Re: return TryReadIds(ref reader, out message.Refreshed, out message.RefreshedCount);
            case WireKeys.Exp: return TryReadIds(ref reader, out message.Expired, out message.ExpiredCount);
            case WireKeys.C:
                message.HasCreated = true;
                return reader.TryReadInt64(out message.Created);
            default: return reader.TrySkip(Depth);
        }
    }

    private static bool TryReadId(scoped ref MsgpackReader reader, out InfoHash id) =>
        reader.TryReadHash(out id) || reader.Fail(reader.Status == DecodeStatus.Truncated ? DecodeStatus.Truncated : DecodeStatus.BadId);

    private static bool TryReadReported(scoped ref MsgpackReader reader, scoped ref Message message)
    {
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> address)) return false;

        // An address of another length is a hint we cannot use, not a reason to lose the reply.
        message.ReportedAddress = address.Length is 4 or 16 ? address : default;
        return true;
    }

    private static bool TryReadWant(scoped ref MsgpackReader reader, out Want want)
    {
        want = Want.None;
        if (!reader.TryReadArrayHeader(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out ulong family)) return false;
            if (family == (ulong)IpFamily.V4) want |= Want.V4;
            else if (family == (ulong)IpFamily.V6) want |= Want.V6;
        }

        return true;
    }

    /// <summary>
    /// Walks the list. An element that is neither a map nor a size stays in it: it fails alone, where it is read as a value.
    /// </summary>
    private static bool TryReadValues(scoped ref MsgpackReader reader, scoped ref Message message)
    {
        if (!reader.TryReadArrayHeader(out int count)) return false;
        int start = reader.Position;
        message.HasSizes = false;
        for (int i = 0; i < count; i++)
        {
            message.HasSizes |= reader.Next == MsgpackType.Integer;
            if (!reader.TrySkip(Depth + 1)) return false;
        }

        message.HasValues = true;
        message.Values = reader.Since(start);
        message.ValueCount = count;
        return true;
    }

    private static bool TryReadIds(scoped ref MsgpackReader reader, out ReadOnlySpan<byte> ids, out int count)
    {
        ids = default;
        if (!reader.TryReadArrayHeader(out count)) return false;
        int start = reader.Position;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out _)) return false;
        }

        ids = reader.Since(start);
        return true;
    }
}
