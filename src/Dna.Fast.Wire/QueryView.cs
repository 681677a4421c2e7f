namespace Dna.Fast.Wire;

/// <summary>A query map <c>{"s": fields, "w": filters}</c>: which values, and which fields of them.</summary>
/// <remarks>Spans into the raw map. Any thread.</remarks>
public ref struct QueryView
{
    private FieldSet _selected;
    private ReadOnlySpan<byte> _filters;
    private int _filterCount;
    private bool _hasId;
    private ulong _id;

    /// <summary>True when <c>s</c> names no field: whole values are wanted.</summary>
    public readonly bool SelectsAll => _selected.IsEmpty;

    /// <summary>The fields of <c>s</c>.</summary>
    internal readonly FieldSet Selected => _selected;

    /// <summary>True when field <paramref name="field"/> is selected.</summary>
    public readonly bool Selects(ValueField field) => _selected.Contains(field);

    /// <summary>The id all answers must have, when one of the filters is on the value id.</summary>
    public readonly bool TryGetId(out ulong id)
    {
        id = _id;
        return _hasId;
    }

    /// <summary>True when <paramref name="value"/> passes every filter.</summary>
    public readonly bool Matches(in ValueView value)
    {
        var reader = new MsgpackReader(_filters);
        for (int i = 0; i < _filterCount; i++)
        {
            if (!FilterView.TryRead(ref reader, out FilterView filter) || !filter.Matches(value)) return false;
        }

        return true;
    }

    /// <summary>
    /// Reads a raw query map; an empty span is the query that selects everything. Both keys must be present (section 2.4).
    /// </summary>
    /// <remarks>
    /// Unknown fields of a selection are ignored, unless all of them are unknown; a filter on an unknown field, or on <c>seq</c>, makes the
    /// query unreadable, as does a filter value of another type than its field's.
    /// </remarks>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> raw, out QueryView query)
    {
        query = default;
        return raw.IsEmpty ? DecodeStatus.Ok : Fill(raw, ref query);
    }

    private static DecodeStatus Fill(ReadOnlySpan<byte> raw, ref QueryView query)
    {
        var reader = new MsgpackReader(raw);
        if (!reader.TryReadMapHeader(out int pairs)) return reader.Status;
        bool hasSelection = false, hasFilters = false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(1, out ulong key)) return reader.Status;
            bool read = key switch
            {
                WireKeys.S => TryReadSelection(ref reader, out query._selected),
                WireKeys.W => query.TryReadFilters(ref reader),
                _ => reader.TrySkip(1),
            };
            if (!read) return reader.Status;
            hasSelection |= key == WireKeys.S;
            hasFilters |= key == WireKeys.W;
        }

        return hasSelection && hasFilters ? DecodeStatus.Ok : DecodeStatus.MissingKey;
    }

    /// <summary>The raw filters of a query map that was read.</summary>
    internal readonly ReadOnlySpan<byte> Filters => _filters;

    internal readonly int FilterCount => _filterCount;

    private static bool TryReadSelection(scoped ref MsgpackReader reader, out FieldSet selected)
    {
        selected = default;
        if (!reader.TryReadArrayHeader(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out ulong number)) return false;
            if (FieldSet.IsKnown(number)) selected.Add((ValueField)number);
        }

        // Ignoring every field would turn a question for a few bytes into one for whole values.
        return count == 0 || !selected.IsEmpty || reader.Fail(DecodeStatus.OutOfRange);
    }

    private bool TryReadFilters(scoped ref MsgpackReader reader)
    {
        _hasId = false;
        if (!reader.TryReadArrayHeader(out _filterCount)) return false;
        if (_filterCount > WireLimits.FiltersMax) return reader.Fail(DecodeStatus.TooManyItems);
        int start = reader.Position;
        for (int i = 0; i < _filterCount; i++)
        {
            if (!FilterView.TryRead(ref reader, out FilterView filter)) return false;
            if (filter.Field != ValueField.Id) continue;
            _hasId = true;
            _id = filter.Number;
        }

        _filters = reader.Since(start);
        return true;
    }
}
