namespace Dna.Fast.Wire;

/// <summary>One value of a stock node's state file.</summary>
/// <param name="CreatedUnixMs">When it was stored; <see cref="Unsaid"/> in the form that says it by <paramref name="CreatedMonotonicNs"/>.</param>
/// <param name="CreatedMonotonicNs">The same in nanoseconds of the monotonic clock of the machine that wrote it, since that machine started; <see cref="Unsaid"/> in the other form.</param>
/// <param name="ExpiresUnixMs"><see cref="Unsaid"/>: as its type says; the largest number: never.</param>
/// <param name="Source">Who put it; <c>default</c>: the node itself, or nobody knows.</param>
/// <param name="Packed">The value as the node packed it.</param>
public readonly record struct StateValue(long CreatedUnixMs, long CreatedMonotonicNs, long ExpiresUnixMs, NodeAddress Source, ReadOnlyMemory<byte> Packed)
{
    public const long Unsaid = long.MinValue;
}

/// <summary>The values under one key of a state file (section 9.3), in either form.</summary>
/// <remarks>
/// Up to 4.2.x each is <c>[created, value]</c>, with <c>created</c> in nanoseconds of the monotonic clock; from 4.3.0 on <c>[created, value, source, expires]</c> with timestamps
/// and a native address, empty for the node's own. New stock nodes read both, old ones leave the new form out. Any thread; never throws on input.
/// </remarks>
public static class StateFileValues
{
    /// <summary>Of the calendar clock of stock nodes, which counts nanoseconds in 64 bits: the last second it knows, which means never.</summary>
    private const long SecondsMax = long.MaxValue / 1_000_000_000;

    /// <summary>Room for what stands around a value: array header, two timestamps or a number, an address.</summary>
    private const int AroundBytesMax = 80;

    /// <summary>Reads the array of a key's values; one that is no value is left out.</summary>
    /// <param name="unread">Values left out.</param>
    /// <returns>False when it is no array of arrays: what was read before stands.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> packed, ICollection<StateValue> values, out int unread)
    {
        unread = 0;
        var reader = new MsgpackReader(packed.Span, packed.Length);
        if (!reader.TryReadArrayHeader(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadArrayHeader(out int fields) || fields is not (2 or 4)) return false;
            if (!TryReadValue(ref reader, packed, fields == 4, out StateValue value, out bool isSound)) return false;
            if (isSound) values.Add(value);
            else unread++;
        }

        return true;
    }

    /// <summary>Writes the array of a key's values, each in the form its times ask for.</summary>
    public static byte[] Write(IReadOnlyList<StateValue> values)
    {
        var bytes = new byte[5 + values.Sum(value => AroundBytesMax + value.Packed.Length)];
        var writer = new MsgpackWriter(bytes);
        writer.WriteArrayHeader(values.Count);
        Span<byte> native = stackalloc byte[NativeSocketAddress.Bytes6];
        foreach (StateValue value in values)
        {
            if (value.CreatedMonotonicNs != StateValue.Unsaid)
            {
                writer.WriteArrayHeader(2);
                writer.WriteInt(value.CreatedMonotonicNs);
                writer.WriteRaw(value.Packed.Span);
                continue;
            }

            writer.WriteArrayHeader(4);
            WriteTime(ref writer, value.CreatedUnixMs);
            writer.WriteRaw(value.Packed.Span);
            writer.WriteBinary(native[..(value.Source.IsValid ? NativeSocketAddress.Write(native, value.Source) : 0)]);
            WriteTime(ref writer, value.ExpiresUnixMs);
        }

        return bytes[..writer.Length];
    }

    private static bool TryReadValue(ref MsgpackReader reader, ReadOnlyMemory<byte> all, bool hasTimes, out StateValue value, out bool isSound)
    {
        value = default;
        isSound = false;
        (long unixMs, long monotonicNs, long expires) = (StateValue.Unsaid, StateValue.Unsaid, StateValue.Unsaid);
        NodeAddress source = default;
        if (!(hasTimes ? TryReadTime(ref reader, out unixMs) : reader.TryReadInt64(out monotonicNs))) return false;
        int start = reader.Position;
        if (!reader.TrySkip(0)) return false;
        int end = reader.Position;
        if (hasTimes)
        {
            if (!reader.TryReadBinary(out ReadOnlySpan<byte> native) || !TryReadTime(ref reader, out expires)) return false;
            _ = NativeSocketAddress.TryRead(native, out source);
        }

        ReadOnlyMemory<byte> packed = all[start..end];
        isSound = ValueReader.Read(packed.Span, out ValueView view, out int length) == DecodeStatus.Ok && length == packed.Length && view.Id != 0;
        if (isSound) value = new StateValue(unixMs, monotonicNs, expires, source, packed);
        return true;
    }

    private static bool TryReadTime(ref MsgpackReader reader, out long unixMs)
    {
        bool isRead = MsgpackTimestamp.TryRead(ref reader, out long seconds, out int nanoseconds);
        unixMs = seconds >= SecondsMax ? long.MaxValue : Math.Max(seconds, 0) * 1000 + nanoseconds / 1_000_000;
        return isRead;
    }

    private static void WriteTime(ref MsgpackWriter writer, long unixMs)
    {
        if (unixMs / 1000 >= SecondsMax) MsgpackTimestamp.Write(ref writer, SecondsMax, 0);
        else MsgpackTimestamp.Write(ref writer, unixMs / 1000, (int)(unixMs % 1000) * 1_000_000);
    }
}
