namespace Dna.Fast.Wire;

/// <summary>Bytes to a <see cref="Message"/>. Any thread; allocates nothing; never throws on input.</summary>
/// <remarks>
/// <code>
/// { "a" | "r" | "u": body, "e": [code, text], "p": fragments, "q": str, "t": uint32 | bin4, "y": str, "v": str, "n": uint32, "s": bool }
/// </code>
/// Keys come in any order, the last of equal ones counts, unknown ones are skipped (section 1.2). Bytes behind the map are ignored, as
/// stock does.
/// </remarks>
public static class MessageReader
{
    /// <summary>Containers open while the top-level keys are read: the map itself.</summary>
    private const int Depth = 1;

    [Flags]
    private enum Parts
    {
        None = 0,
        A = 1,
        R = 2,
        U = 4,
        E = 8,
        P = 16,
        Transaction = 32,

        /// <summary><c>y</c> is there and is not <c>"q"</c>.</summary>
        NoQuery = 64,
    }

    /// <summary>Decodes one datagram. On anything but <see cref="DecodeStatus.Ok"/> the message is not to be used.</summary>
    public static DecodeStatus Read(ReadOnlySpan<byte> datagram, out Message message)
    {
        message = default;
        message.Want = Want.Unsaid;
        return Fill(datagram, ref message);
    }

    private static DecodeStatus Fill(ReadOnlySpan<byte> datagram, ref Message message)
    {
        var reader = new MsgpackReader(datagram);
        if (!reader.TryReadMapHeader(out int pairs)) return reader.Status;

        Parts seen = Parts.None;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(Depth, out ulong key)) return reader.Status;
            if (!TryReadPart(ref reader, key, ref message, ref seen)) return reader.Status;
        }

        return Conclude(ref message, seen);
    }

    private static bool TryReadPart(scoped ref MsgpackReader reader, ulong key, scoped ref Message message, scoped ref Parts seen)
    {
        switch (key)
        {
            case WireKeys.A:
                return TryReadBody(ref reader, Parts.A, Parts.None, ref message, ref seen);
            case WireKeys.R:
                return TryReadBody(ref reader, Parts.R, Parts.A, ref message, ref seen);
            case WireKeys.U:
                return TryReadBody(ref reader, Parts.U, Parts.A | Parts.R, ref message, ref seen);
            case WireKeys.Q:
                if (!reader.TryReadWord(out ulong name)) return false;
                message.Kind = KindOf(name);
                return true;
            case WireKeys.T:
                seen |= Parts.Transaction;
                return TryReadTransaction(ref reader, out message.Transaction);
            case WireKeys.Y:
                if (!reader.TryReadWord(out ulong kind)) return false;
                seen = kind == WireKeys.Q ? seen & ~Parts.NoQuery : seen | Parts.NoQuery;
                return true;
            case WireKeys.V:
                // Informative, so a node with an agent of another type is no worse for it.
                return reader.Next == MsgpackType.String ? reader.TryReadString(out message.Agent) : reader.TrySkip(Depth);
            case WireKeys.N:
                return reader.TryReadUInt(uint.MaxValue, out message.Network);
            case WireKeys.S:
                return reader.TryReadBoolean(out message.IsClient);
            case WireKeys.E:
                seen |= Parts.E;
                return TryReadError(ref reader, ref message);
            case WireKeys.P:
                seen |= Parts.P;
                return reader.TryReadRawMap(Depth, out message.Fragments);
            default:
                return reader.TrySkip(Depth);
        }
    }

    /// <summary>Reads a body unless one of the <paramref name="preferred"/> is there already.</summary>
    private static bool TryReadBody(
        scoped ref MsgpackReader reader, Parts part, Parts preferred, scoped ref Message message, scoped ref Parts seen)
    {
        bool first = (seen & (Parts.A | Parts.R | Parts.U)) == 0;
        bool skip = (seen & preferred) != 0;
        seen |= part;
        if (skip) return reader.TrySkip(Depth);
        if (!first) BodyReader.Clear(ref message);
        return BodyReader.TryRead(ref reader, ref message);
    }

    private static bool TryReadTransaction(scoped ref MsgpackReader reader, out uint transaction)
    {
        if (reader.Next != MsgpackType.Binary) return reader.TryReadUInt(uint.MaxValue, out transaction);
        transaction = 0;
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> legacy)) return false;
        if (legacy.Length != 4) return reader.Fail(DecodeStatus.OutOfRange);
        transaction = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(legacy);
        return true;
    }

    private static bool TryReadError(scoped ref MsgpackReader reader, scoped ref Message message)
    {
        if (!reader.TryReadArrayHeader(out int count)) return false;
        if (count < 2) return reader.Fail(DecodeStatus.Malformed);
        if (!reader.TryReadUInt(ushort.MaxValue, out uint code) || !reader.TryReadBlob(out message.ErrorText)) return false;
        message.ErrorCode = (int)code;
        for (int i = 2; i < count; i++)
        {
            if (!reader.TrySkip(Depth + 1)) return false;
        }

        return true;
    }

    /// <summary>Decides the kind and checks what every message of it must have.</summary>
    private static DecodeStatus Conclude(scoped ref Message message, Parts seen)
    {
        if ((seen & Parts.E) != 0) message.Kind = MessageKind.Error;
        else if ((seen & Parts.R) != 0) message.Kind = MessageKind.Reply;
        else if ((seen & Parts.P) != 0) message.Kind = MessageKind.Fragment;
        else if ((seen & Parts.U) != 0) message.Kind = MessageKind.LegacyUpdate;
        else if (message.Kind == MessageKind.None || (seen & Parts.NoQuery) != 0) return DecodeStatus.UnknownQuery;

        if ((seen & Parts.Transaction) == 0) return DecodeStatus.MissingKey;
        if (message.Kind == MessageKind.Fragment) message.Id = InfoHash.Zero;
        else if (message.Id.IsZero) return DecodeStatus.BadId;
        bool wholeNodes = message.Nodes4.Length % WireLimits.Node4Bytes == 0 && message.Nodes6.Length % WireLimits.Node6Bytes == 0;
        return wholeNodes ? DecodeStatus.Ok : DecodeStatus.BadNodeList;
    }

    private static MessageKind KindOf(ulong name) => name switch
    {
        WireKeys.Ping => MessageKind.Ping,
        WireKeys.Find => MessageKind.Find,
        WireKeys.Get => MessageKind.Get,
        WireKeys.Put => MessageKind.Put,
        WireKeys.Refresh => MessageKind.Refresh,
        WireKeys.Listen => MessageKind.Listen,
        WireKeys.Update => MessageKind.Update,
        _ => MessageKind.None,
    };
}
