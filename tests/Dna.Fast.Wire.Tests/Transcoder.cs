namespace Dna.Fast.Wire.Tests;

/// <summary>
/// Copies one msgpack object from a reader to a writer, type by type, so that every byte of the copy is the writer's own.
/// </summary>
internal static class Transcoder
{
    public static byte[] Copy(ReadOnlySpan<byte> packed)
    {
        byte[] copy = new byte[packed.Length + 16];
        var reader = new MsgpackReader(packed);
        var writer = new MsgpackWriter(copy);
        Copy(ref reader, ref writer);
        Assert.Equal(packed.Length, reader.Position);
        return copy[..writer.Length];
    }

    private static void Copy(ref MsgpackReader reader, ref MsgpackWriter writer)
    {
        switch (reader.Next)
        {
            case MsgpackType.Map:
                Assert.True(reader.TryReadMapHeader(out int pairs));
                writer.WriteMapHeader(pairs);
                for (int i = 0; i < 2 * pairs; i++) Copy(ref reader, ref writer);
                break;
            case MsgpackType.Array:
                Assert.True(reader.TryReadArrayHeader(out int count));
                writer.WriteArrayHeader(count);
                for (int i = 0; i < count; i++) Copy(ref reader, ref writer);
                break;
            case MsgpackType.Integer:
                Assert.True(reader.TryReadInteger(out ulong number, out bool negative));
                if (negative) writer.WriteInt((long)number);
                else writer.WriteUInt(number);
                break;
            case MsgpackType.String:
                Assert.True(reader.TryReadString(out ReadOnlySpan<byte> text));
                writer.WriteString(text);
                break;
            case MsgpackType.Binary:
                Assert.True(reader.TryReadBinary(out ReadOnlySpan<byte> data));
                writer.WriteBinary(data);
                break;
            default:
                Assert.True(reader.TryReadBoolean(out bool value));
                writer.WriteBoolean(value);
                break;
        }
    }
}
