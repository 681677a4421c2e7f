namespace Dna.Fast.Wire;

/// <summary>Peer discovery on the local network (section 9.4). Any thread; allocates nothing; never throws on input.</summary>
/// <remarks>
/// Two packets: the msgpack string <c>"q"</c> asks who is there; a map of services tells, in which ours is
/// <c>{"dht": [node id bin20, port uint, network id uint]}</c>.
/// </remarks>
public static class DiscoveryPacket
{
    /// <summary>UDP port of discovery.</summary>
    public const int Port = 8888;

    /// <summary>Longest packet we write.</summary>
    public const int BytesMax = 64;

    /// <summary>True for the question.</summary>
    public static bool IsQuery(ReadOnlySpan<byte> packet)
    {
        var reader = new MsgpackReader(packet);
        return reader.TryReadString(out ReadOnlySpan<byte> text) && text.SequenceEqual("q"u8);
    }

    /// <summary>Reads an announcement that holds the service <c>dht</c>.</summary>
    public static bool TryReadAnnouncement(ReadOnlySpan<byte> packet, out InfoHash id, out ushort port, out uint network)
    {
        (id, port, network) = (default, 0, 0);
        var reader = new MsgpackReader(packet);
        if (!reader.TryReadMapHeader(out int services)) return false;
        for (int i = 0; i < services; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> service)) return false;
            if (service.SequenceEqual("dht"u8)) return TryReadService(ref reader, out id, out port, out network);
            if (!reader.TrySkip(0)) return false;
        }

        return false;
    }

    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteQuery(Span<byte> to)
    {
        var writer = new MsgpackWriter(to);
        writer.WriteString("q"u8);
        return writer.Length;
    }

    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteAnnouncement(Span<byte> to, in InfoHash id, ushort port, uint network)
    {
        var writer = new MsgpackWriter(to);
        writer.WriteMapHeader(1);
        writer.WriteString("dht"u8);
        writer.WriteArrayHeader(3);
        writer.WriteHash(id);
        writer.WriteUInt(port);
        writer.WriteUInt(network);
        return writer.Length;
    }

    private static bool TryReadService(ref MsgpackReader reader, out InfoHash id, out ushort port, out uint network)
    {
        (id, port, network) = (default, 0, 0);
        if (!reader.TryReadArrayHeader(out int count) || count != 3 || !reader.TryReadHash(out id)) return false;
        if (!reader.TryReadUInt(ushort.MaxValue, out uint wide) || !reader.TryReadUInt(uint.MaxValue, out network)) return false;
        port = (ushort)wide;
        return !id.IsZero && port != 0;
    }
}
