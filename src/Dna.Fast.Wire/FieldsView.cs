namespace Dna.Fast.Wire;

/// <summary>The <c>fileds</c> map of a reply: <c>{"f": [fields], "v": [flat array]}</c>.</summary>
public ref struct FieldsView
{
    /// <summary>Containers open while a row is read: the map and the array.</summary>
    private const int Depth = 2;

    private MsgpackReader _fields;
    private MsgpackReader _rows;
    private int _fieldCount;
    private int _elementCount;
    private int _left;

    /// <summary>Reads a raw map; fails when the flat array is no multiple of the field count.</summary>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> raw, out FieldsView fields)
    {
        fields = default;
        var reader = new MsgpackReader(raw);
        if (!reader.TryReadMapHeader(out int pairs)) return reader.Status;
        bool hasFields = false, hasValues = false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(1, out ulong key)) return reader.Status;
            bool read = key switch
            {
                WireKeys.F => TryReadArray(ref reader, out fields._fields, out fields._fieldCount),
                WireKeys.V => TryReadArray(ref reader, out fields._rows, out fields._elementCount),
                _ => reader.TrySkip(1),
            };
            if (!read) return reader.Status;
            hasFields |= key == WireKeys.F;
            hasValues |= key == WireKeys.V;
        }

        if (!hasFields || !hasValues) return DecodeStatus.MissingKey;
        if (fields._fieldCount == 0) return fields._elementCount == 0 ? DecodeStatus.Ok : DecodeStatus.Malformed;
        if (fields._elementCount % fields._fieldCount != 0) return DecodeStatus.Malformed;
        fields._left = fields.Count;
        return DecodeStatus.Ok;
    }

    /// <summary>Values described.</summary>
    public readonly int Count => _fieldCount == 0 ? 0 : _elementCount / _fieldCount;

    /// <summary>
    /// Moves to the next value's fields and fills <paramref name="row"/> (id, type, seq, owner as key bytes or empty, user type; others
    /// default).
    /// </summary>
    /// <remarks>An element of another type than its field's leaves the field default, as does a number that does not fit.</remarks>
    public bool MoveNext(out ValueView row)
    {
        ValueView read = default;
        bool moved = _left-- > 0 && TryReadRow(ref read);
        row = read;
        return moved;
    }

    private bool TryReadRow(scoped ref ValueView row)
    {
        MsgpackReader fields = _fields;
        for (int i = 0; i < _fieldCount; i++)
        {
            if (!fields.TryReadUInt64(out ulong field)) return false;
            if (!TryReadElement((ValueField)Math.Min(field, byte.MaxValue), ref row)) return false;
        }

        return true;
    }

    private bool TryReadElement(ValueField field, scoped ref ValueView row)
    {
        MsgpackType next = _rows.Next;
        switch (field)
        {
            case ValueField.Id or ValueField.Type or ValueField.Seq when next == MsgpackType.Integer:
                if (!_rows.TryReadInteger(out ulong number, out bool negative)) return false;
                if (negative) return true;
                if (field == ValueField.Id) row.Id = number;
                else if (number > ushort.MaxValue) return true;
                else if (field == ValueField.Type) row.Type = (ushort)number;
                else row.Seq = (ushort)number;
                return true;
            case ValueField.Owner when next == MsgpackType.Binary:
                if (!_rows.TryReadBinary(out ReadOnlySpan<byte> owner)) return false;
                bool unsigned = owner.Length == InfoHash.Bytes && !owner.ContainsAnyExcept((byte)0);
                row.Owner = unsigned ? default : owner;
                return true;
            case ValueField.UserType when next is MsgpackType.String or MsgpackType.Binary:
                return _rows.TryReadBlob(out row.UserType);
            default:
                return _rows.TrySkip(Depth);
        }
    }

    private static bool TryReadArray(scoped ref MsgpackReader reader, out MsgpackReader elements, out int count)
    {
        elements = default;
        if (!reader.TryReadArrayHeader(out count)) return false;
        int start = reader.Position;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TrySkip(Depth)) return false;
        }

        elements = new MsgpackReader(reader.Since(start));
        return true;
    }
}
