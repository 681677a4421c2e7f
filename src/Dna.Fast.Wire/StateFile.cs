namespace Dna.Fast.Wire;

/// <summary>The state file of stock nodes (<c>-f</c>, section 9.3): <c>{"v": 1, "id": bin20, "nodes": [{"id", "addr"}], "values": [[key bin20, bin]]}</c>.</summary>
/// <remarks>A bin holds the values of its key (<see cref="StateFileValues"/>). A node of ours that runs leaves them alone, as it has its own in its store; <c>dna store import</c> takes them.</remarks>
public sealed record StateFile
{
    private const int Version = 1;

    /// <summary>Room for one node: map header, two keys, id and the longer address; and for what stands around the values of a key.</summary>
    private const int NodeBytesMax = 64;

    /// <summary>The id of the node that wrote the file; zero when it has none.</summary>
    public InfoHash Id { get; init; }

    /// <summary>The nodes it found good.</summary>
    public IReadOnlyList<(InfoHash Id, NodeAddress Address)> Nodes { get; init; } = [];

    /// <summary>Keys with values in the file.</summary>
    public int ValueKeys => Values.Count;

    /// <summary>Each key once, with the array of its values, packed.</summary>
    public IReadOnlyList<(InfoHash Key, ReadOnlyMemory<byte> Packed)> Values { get; init; } = [];

    /// <summary>Reads a file. False when it is no state file, or damaged; a node entry that can't be read is left out.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out StateFile file)
    {
        file = new StateFile();
        // Every object takes a byte at least: a file holds as many as it can.
        var reader = new MsgpackReader(bytes, bytes.Length);
        if (!reader.TryReadMapHeader(out int entries)) return false;
        bool known = false;
        for (int i = 0; i < entries; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> name)) return false;
            if (name.SequenceEqual("v"u8))
            {
                if (!reader.TryReadUInt(uint.MaxValue, out uint version) || version != Version) return false;
                known = true;
            }
            else if (name.SequenceEqual("id"u8))
            {
                if (!reader.TryReadHash(out InfoHash id)) return false;
                file = file with { Id = id };
            }
            else if (name.SequenceEqual("nodes"u8))
            {
                if (!TryReadNodes(ref reader, out List<(InfoHash, NodeAddress)> nodes)) return false;
                file = file with { Nodes = nodes };
            }
            else if (name.SequenceEqual("values"u8))
            {
                if (!TryReadValues(ref reader, out List<(InfoHash, ReadOnlyMemory<byte>)> values)) return false;
                file = file with { Values = values };
            }
            else if (!reader.TrySkip(0))
            {
                return false;
            }
        }

        return known;
    }

    /// <summary>The file's bytes, as a stock node reads them.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[NodeBytesMax * (Nodes.Count + Values.Count + 1) + Values.Sum(entry => entry.Packed.Length)];
        var writer = new MsgpackWriter(bytes);
        writer.WriteMapHeader(4);
        writer.WriteString("v"u8);
        writer.WriteUInt(Version);
        writer.WriteString("id"u8);
        writer.WriteHash(Id);
        writer.WriteString("nodes"u8);
        writer.WriteArrayHeader(Nodes.Count);
        Span<byte> native = stackalloc byte[NativeSocketAddress.Bytes6];
        foreach ((InfoHash id, NodeAddress address) in Nodes)
        {
            // Stock reads the two keys in this order only.
            writer.WriteMapHeader(2);
            writer.WriteString("id"u8);
            writer.WriteHash(id);
            writer.WriteString("addr"u8);
            writer.WriteBinary(native[..NativeSocketAddress.Write(native, address)]);
        }

        writer.WriteString("values"u8);
        writer.WriteArrayHeader(Values.Count);
        foreach ((InfoHash key, ReadOnlyMemory<byte> packed) in Values)
        {
            writer.WriteArrayHeader(2);
            writer.WriteHash(key);
            writer.WriteBinary(packed.Span);
        }

        return bytes[..writer.Length];
    }

    private static bool TryReadNodes(ref MsgpackReader reader, out List<(InfoHash Id, NodeAddress Address)> nodes)
    {
        nodes = [];
        if (!reader.TryReadArrayHeader(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!TryReadNode(ref reader, out InfoHash id, out NodeAddress address)) return false;
            if (!id.IsZero && address.IsValid) nodes.Add((id, address));
        }

        return true;
    }

    private static bool TryReadValues(ref MsgpackReader reader, out List<(InfoHash Key, ReadOnlyMemory<byte> Packed)> values)
    {
        values = [];
        if (!reader.TryReadArrayHeader(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(out int two) || two != 2 || !reader.TryReadHash(out InfoHash key) || !reader.TryReadBinary(out ReadOnlySpan<byte> packed)) return false;
            values.Add((key, packed.ToArray()));
        }

        return true;
    }

    private static bool TryReadNode(ref MsgpackReader reader, out InfoHash id, out NodeAddress address)
    {
        (id, address) = (default, default);
        if (!reader.TryReadMapHeader(out int fields)) return false;
        for (int i = 0; i < fields; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> name)) return false;
            if (name.SequenceEqual("id"u8))
            {
                if (!reader.TryReadHash(out id)) return false;
            }
            else if (name.SequenceEqual("addr"u8))
            {
                if (!reader.TryReadBinary(out ReadOnlySpan<byte> native)) return false;
                _ = NativeSocketAddress.TryRead(native, out address);
            }
            else if (!reader.TrySkip(0))
            {
                return false;
            }
        }

        return true;
    }
}
