namespace Dna.Fast.Wire;

/// <summary>Field numbers of selections and filters (section 2.4).</summary>
public enum ValueField : byte
{
    None = 0,
    Id = 1,
    Type = 2,
    Owner = 3,
    Seq = 4,
    UserType = 5,
}

/// <summary>A query map <c>{"s": fields, "w": filters}</c>: which values, and which fields of them.</summary>
public ref struct QueryView
{
    /// <summary>True when <c>s</c> names no field: whole values are wanted.</summary>
    public readonly bool SelectsAll => throw new NotImplementedException();

    /// <summary>True when field <paramref name="field"/> is selected.</summary>
    public readonly bool Selects(ValueField field) => throw new NotImplementedException();

    /// <summary>The id all answers must have, when one of the filters is on the value id.</summary>
    public readonly bool TryGetId(out ulong id) => throw new NotImplementedException();

    /// <summary>True when <paramref name="value"/> passes every filter.</summary>
    public readonly bool Matches(in ValueView value) => throw new NotImplementedException();

    /// <summary>Reads a raw query map; an empty span is the query that selects everything. Both keys must be present (section 2.4).</summary>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> raw, out QueryView query) => throw new NotImplementedException();
}

/// <summary>Writes query maps. Each method returns the bytes written (0: too little room).</summary>
public static class QueryMapWriter
{
    /// <summary><c>{s: fields, w: []}</c> joined with the filters of <paramref name="where"/> (a raw query map, or empty).</summary>
    public static int Select(Span<byte> destination, ReadOnlySpan<ValueField> fields, ReadOnlySpan<byte> where) => throw new NotImplementedException();

    /// <summary><c>{s: [], w: [{f: 1, v: id}]}</c>.</summary>
    public static int WhereId(Span<byte> destination, ulong id) => throw new NotImplementedException();
}

/// <summary>One filter of a query a client builds.</summary>
/// <param name="Field">Which field; <see cref="ValueField.Seq"/> cannot travel in a filter.</param>
/// <param name="Number">Value of a numeric field.</param>
/// <param name="Bytes">Value of a byte field: the 20-byte owner key id, or the user type in UTF-8.</param>
public sealed record ValueFilter(ValueField Field, ulong Number, byte[]? Bytes)
{
    /// <summary>Packs filters as <c>{s: [], w: [...]}</c>.</summary>
    public static byte[] Pack(IReadOnlyList<ValueFilter> filters) => throw new NotImplementedException();
}

/// <summary>The <c>fileds</c> map of a reply: <c>{"f": [fields], "v": [flat array]}</c>.</summary>
public ref struct FieldsView
{
    /// <summary>Reads a raw map; fails when the flat array is no multiple of the field count.</summary>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> raw, out FieldsView fields) => throw new NotImplementedException();

    /// <summary>Values described.</summary>
    public readonly int Count => throw new NotImplementedException();

    /// <summary>Moves to the next value's fields and fills <paramref name="row"/> (id, type, seq, owner as key bytes or empty, user type; others default).</summary>
    public bool MoveNext(out ValueView row) => throw new NotImplementedException();
}

/// <summary>Writes the <c>fileds</c> map in two steps: rows first (their number is not known), the map around them then.</summary>
public static class FieldsWriter
{
    /// <summary>Appends the selected fields of one value.</summary>
    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteRow(Span<byte> destination, in QueryView query, in ValueView value) => throw new NotImplementedException();

    /// <summary>Writes <c>{"f": [...], "v": [rows]}</c>.</summary>
    /// <returns>Bytes written; 0 when there is too little room.</returns>
    public static int WriteMap(Span<byte> destination, in QueryView query, ReadOnlySpan<byte> rows, int rowCount) => throw new NotImplementedException();
}
