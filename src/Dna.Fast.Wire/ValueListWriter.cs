namespace Dna.Fast.Wire;

/// <summary>The <c>values</c> array, inline or as a list of sizes (section 1.6). Any thread; allocates nothing.</summary>
public static class ValueListWriter
{
    /// <summary>True when values of these sizes travel inline: fewer than 50, together less than 600 bytes.</summary>
    public static bool FitsInline(int count, int bytes) => count < WireLimits.InlineValuesMax && bytes < WireLimits.InlineBytesMax;

    /// <summary>Array header and the packed values, which are given back to back.</summary>
    /// <returns>Bytes written; 0 when <paramref name="to"/> is too small.</returns>
    public static int Inline(Span<byte> to, ReadOnlySpan<byte> packedValues, int count)
    {
        var writer = new MsgpackWriter(to);
        writer.WriteArrayHeader(count);
        writer.WriteRaw(packedValues);
        return writer.Length;
    }

    /// <summary>Array of sizes, in bytes.</summary>
    /// <returns>Bytes written; 0 when <paramref name="to"/> is too small.</returns>
    public static int Sizes(Span<byte> to, ReadOnlySpan<int> sizes)
    {
        var writer = new MsgpackWriter(to);
        writer.WriteArrayHeader(sizes.Length);
        foreach (int size in sizes) writer.WriteUInt((uint)size);
        return writer.Length;
    }
}
