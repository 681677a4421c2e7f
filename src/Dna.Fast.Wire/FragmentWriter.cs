namespace Dna.Fast.Wire;

/// <summary>The fragments of big values (section 1.6). Any thread; allocates nothing.</summary>
public static class FragmentWriter
{
    /// <summary>One fragment: <c>{[n], [s], y: "p", t, p: {index: {o: offset, d: data}}}</c>.</summary>
    /// <param name="index">Position of the value in the header's list, from 0.</param>
    /// <param name="offset">Position of <paramref name="data"/> in the packed value, in bytes.</param>
    /// <returns>The datagram's length; 0 when <paramref name="to"/> is too small.</returns>
    public static int Write(Span<byte> to, in Sender self, uint t, int index, int offset, ReadOnlySpan<byte> data)
    {
        var writer = new MsgpackWriter(to);
        Envelope.OpenMap(ref writer, self, 3);
        Envelope.WriteNetwork(ref writer, self);
        Envelope.WriteKind(ref writer, WireKeys.P);
        Envelope.WriteTransaction(ref writer, t);
        writer.WriteKey(WireKeys.P);
        writer.WriteMapHeader(1);
        writer.WriteUInt((uint)index);
        writer.WriteMapHeader(2);
        writer.WriteKey(WireKeys.O);
        writer.WriteUInt((uint)offset);
        writer.WriteKey(WireKeys.D);
        writer.WriteBinary(data);
        return writer.Length;
    }
}
