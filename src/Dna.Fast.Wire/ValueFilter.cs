namespace Dna.Fast.Wire;

/// <summary>One filter of a query a client builds.</summary>
/// <param name="Field">Which field; <see cref="ValueField.Seq"/> cannot travel in a filter.</param>
/// <param name="Number">Value of a numeric field.</param>
/// <param name="Bytes">Value of a byte field: the 20-byte owner key id, or the user type in UTF-8.</param>
public sealed record ValueFilter(ValueField Field, ulong Number, byte[]? Bytes)
{
    /// <summary>Bytes of a filter besides its value: two keys, the field, headers and a number.</summary>
    private const int OverheadBytesMax = 24;

    /// <summary>Packs filters as <c>{s: [], w: [...]}</c>.</summary>
    /// <exception cref="ArgumentException">A field that cannot travel, a value its field cannot have, or more than
    /// <see cref="WireLimits.FiltersMax"/>.</exception>
    public static byte[] Pack(IReadOnlyList<ValueFilter> filters)
    {
        if (filters.Count > WireLimits.FiltersMax) throw new ArgumentException("too many filters", nameof(filters));
        byte[] room = new byte[OverheadBytesMax + filters.Sum(filter => OverheadBytesMax + (filter.Bytes?.Length ?? 0))];
        var writer = new MsgpackWriter(room);
        QueryMapWriter.WriteSelection(ref writer, []);
        writer.WriteKey(WireKeys.W);
        writer.WriteArrayHeader(filters.Count);
        foreach (ValueFilter filter in filters)
        {
            filter.Check();
            QueryMapWriter.WriteFilterField(ref writer, filter.Field);
            if (filter.Field is ValueField.Id or ValueField.Type) writer.WriteUInt(filter.Number);
            else writer.WriteBinary(filter.Bytes);
        }

        return room[..writer.Length];
    }

    private void Check()
    {
        bool fits = Field switch
        {
            ValueField.Id => true,
            ValueField.Type => Number <= ushort.MaxValue,
            ValueField.Owner => Bytes is { Length: InfoHash.Bytes },
            ValueField.UserType => Bytes is not null,
            _ => false,
        };
        if (!fits) throw new ArgumentException($"no filter can say {Field} = {Number}");
    }
}
