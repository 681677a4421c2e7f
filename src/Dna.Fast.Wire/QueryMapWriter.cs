namespace Dna.Fast.Wire;

/// <summary>Writes query maps. Each method returns the bytes written (0: too little room). Any thread; allocates nothing.</summary>
public static class QueryMapWriter
{
    /// <summary><c>{s: fields, w: []}</c> joined with the filters of <paramref name="where"/> (a raw query map, or empty).</summary>
    /// <exception cref="ArgumentException"><paramref name="where"/> is no query map.</exception>
    public static int Select(Span<byte> destination, ReadOnlySpan<ValueField> fields, ReadOnlySpan<byte> where)
    {
        if (QueryView.TryRead(where, out QueryView filters) != DecodeStatus.Ok) throw new ArgumentException("no query map", nameof(where));
        var writer = new MsgpackWriter(destination);
        WriteSelection(ref writer, fields);
        writer.WriteKey(WireKeys.W);
        writer.WriteArrayHeader(filters.FilterCount);
        writer.WriteRaw(filters.Filters);
        return writer.Length;
    }

    /// <summary><c>{s: [], w: [{f: 1, v: id}]}</c>.</summary>
    public static int WhereId(Span<byte> destination, ulong id)
    {
        var writer = new MsgpackWriter(destination);
        WriteSelection(ref writer, []);
        writer.WriteKey(WireKeys.W);
        writer.WriteArrayHeader(1);
        WriteFilterField(ref writer, ValueField.Id);
        writer.WriteUInt(id);
        return writer.Length;
    }

    internal static void WriteSelection(ref MsgpackWriter writer, ReadOnlySpan<ValueField> fields)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey(WireKeys.S);
        writer.WriteArrayHeader(fields.Length);
        foreach (ValueField field in fields) writer.WriteUInt((ulong)field);
    }

    /// <summary>Opens a filter and writes its field; its value is to follow.</summary>
    internal static void WriteFilterField(ref MsgpackWriter writer, ValueField field)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey(WireKeys.F);
        writer.WriteUInt((ulong)field);
        writer.WriteKey(WireKeys.V);
    }
}
