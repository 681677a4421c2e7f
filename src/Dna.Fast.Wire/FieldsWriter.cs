namespace Dna.Fast.Wire;

/// <summary>
/// Writes the <c>fileds</c> map in two steps: rows first (their number is not known), the map around them then. Any thread; allocates
/// nothing.
/// </summary>
public static class FieldsWriter
{
    /// <summary>
    /// Appends the selected fields of one value, in ascending order (section 2.4): owner as DER key, or 20 zero bytes when unsigned.
    /// </summary>
    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteRow(Span<byte> destination, in QueryView query, in ValueView value)
    {
        var writer = new MsgpackWriter(destination);
        if (query.Selects(ValueField.Id)) writer.WriteUInt(value.Id);
        if (query.Selects(ValueField.Type)) writer.WriteUInt(value.Type);
        if (query.Selects(ValueField.Owner))
        {
            if (value.IsSigned) writer.WriteBinary(value.Owner);
            else writer.WriteHash(InfoHash.Zero);
        }

        if (query.Selects(ValueField.Seq)) writer.WriteUInt(value.Seq);
        if (query.Selects(ValueField.UserType)) writer.WriteString(value.UserType);
        return writer.Length;
    }

    /// <summary>Writes <c>{"f": [...], "v": [rows]}</c>.</summary>
    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteMap(Span<byte> destination, in QueryView query, ReadOnlySpan<byte> rows, int rowCount)
    {
        FieldSet selected = query.Selected;
        var writer = new MsgpackWriter(destination);
        writer.WriteMapHeader(2);
        writer.WriteKey(WireKeys.F);
        writer.WriteArrayHeader(selected.Count);
        for (ValueField field = ValueField.Id; field <= ValueField.UserType; field++)
        {
            if (selected.Contains(field)) writer.WriteUInt((ulong)field);
        }

        writer.WriteKey(WireKeys.V);
        writer.WriteArrayHeader(rowCount * selected.Count);
        writer.WriteRaw(rows);
        return writer.Length;
    }
}
