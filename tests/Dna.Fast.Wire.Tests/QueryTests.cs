namespace Dna.Fast.Wire.Tests;

public sealed class QueryTests
{
    private static readonly byte[] OwnerKey = [0x30, 3, 1, 2, 3];

    [Fact]
    public void Without_a_map_everything_is_selected_and_matches()
    {
        QueryView query = Read([]);
        Assert.True(query.SelectsAll);
        Assert.False(query.TryGetId(out _));
        Assert.True(query.Matches(Sample()));
    }

    [Fact]
    public void Both_keys_must_be_there()
    {
        Assert.True(Read(Map([], [])).SelectsAll);
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("s", Mp.Array())));
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("w", Mp.Array())));
        AssertStatus(DecodeStatus.MissingKey, Mp.Map());
        Assert.True(Read(Mp.Map(("w", Mp.Array()), ("x", Mp.Nest(2)), ("s", Mp.Array()))).SelectsAll);
    }

    [Fact]
    public void A_selection_keeps_known_fields_and_forgets_unknown_ones()
    {
        QueryView query = Read(Map([5, 1, 99, 1], []));
        Assert.True(query.Selects(ValueField.Id) && query.Selects(ValueField.UserType));
        Assert.False(query.Selects(ValueField.Type) || query.Selects(ValueField.Owner) || query.Selects(ValueField.Seq));
        AssertStatus(DecodeStatus.OutOfRange, Map([6], []));
        AssertStatus(DecodeStatus.OutOfRange, Map([0], []));
    }

    [Fact]
    public void Every_field_but_seq_can_be_filtered()
    {
        ValueView value = Sample();
        Assert.True(Read(Map([], [Filter(1, Mp.UInt(7))])).Matches(value));
        Assert.False(Read(Map([], [Filter(1, Mp.UInt(8))])).Matches(value));
        Assert.True(Read(Map([], [Filter(2, Mp.UInt(3))])).Matches(value));
        Assert.False(Read(Map([], [Filter(2, Mp.UInt(4))])).Matches(value));
        Assert.True(Read(Map([], [Filter(3, Mp.Bin(InfoHash.Of(OwnerKey)))])).Matches(value));
        Assert.False(Read(Map([], [Filter(3, Mp.Bin(InfoHash.Of([1])))])).Matches(value));
        Assert.True(Read(Map([], [Filter(5, Mp.Bin("text/plain"u8.ToArray()))])).Matches(value));
        Assert.True(Read(Map([], [Filter(5, Mp.Str("text/plain"))])).Matches(value));
        Assert.False(Read(Map([], [Filter(5, Mp.Str("text"))])).Matches(value));
        AssertStatus(DecodeStatus.OutOfRange, Map([], [Filter(4, Mp.UInt(1))]));
        AssertStatus(DecodeStatus.OutOfRange, Map([], [Filter(6, Mp.UInt(1))]));
    }

    [Fact]
    public void An_owner_filter_matches_no_unsigned_value()
    {
        ValueView unsigned = Sample();
        unsigned.Owner = default;
        Assert.False(Read(Map([], [Filter(3, Mp.Bin(InfoHash.Of([])))])).Matches(unsigned));
        Assert.False(Read(Map([], [Filter(3, Mp.Bin(InfoHash.Zero))])).Matches(unsigned));
    }

    [Fact]
    public void Several_filters_must_all_pass()
    {
        QueryView query = Read(Map([1], [Filter(2, Mp.UInt(3)), Filter(1, Mp.UInt(7))]));
        Assert.True(query.TryGetId(out ulong id));
        Assert.Equal(7UL, id);
        Assert.True(query.Matches(Sample()));
        Assert.False(Read(Map([1], [Filter(2, Mp.UInt(3)), Filter(1, Mp.UInt(8))])).Matches(Sample()));
    }

    [Fact]
    public void A_filter_of_the_wrong_type_makes_the_query_unreadable()
    {
        AssertStatus(DecodeStatus.Malformed, Map([], [Filter(1, Mp.Str("7"))]));
        AssertStatus(DecodeStatus.Malformed, Map([], [Filter(2, Mp.UInt(65_536))]));
        AssertStatus(DecodeStatus.Malformed, Map([], [Filter(3, Mp.Bin(new byte[19]))]));
        AssertStatus(DecodeStatus.Malformed, Map([], [Filter(3, Mp.Str("01234567890123456789"))]));
        AssertStatus(DecodeStatus.Malformed, Map([], [Filter(5, Mp.UInt(1))]));
        AssertStatus(DecodeStatus.MissingKey, Map([], [Mp.Map(("f", Mp.UInt(1)))]));
        AssertStatus(DecodeStatus.MissingKey, Map([], [Mp.Map(("v", Mp.UInt(1)))]));
    }

    [Fact]
    public void The_number_of_filters_is_bounded()
    {
        byte[][] filters = [.. Enumerable.Repeat(Filter(2, Mp.UInt(3)), WireLimits.FiltersMax)];
        Assert.True(Read(Map([], filters)).Matches(Sample()));
        AssertStatus(DecodeStatus.TooManyItems, Map([], [.. filters, filters[0]]));
    }

    [Fact]
    public void Packed_filters_read_back()
    {
        byte[] packed = ValueFilter.Pack(
        [
            new(ValueField.Id, 7, null), new(ValueField.Type, 3, null), new(ValueField.Owner, 0, KeyId()),
            new(ValueField.UserType, 0, "text/plain"u8.ToArray()),
        ]);
        Assert.True(Read(packed).Matches(Sample()));
        byte[] room = new byte[packed.Length + 16];
        int length = QueryMapWriter.Select(room, [ValueField.Id, ValueField.Seq], packed);
        QueryView joined = Read(room[..length]);
        Assert.True(joined.Selects(ValueField.Id) && joined.Selects(ValueField.Seq) && joined.TryGetId(out ulong id) && id == 7);
        Assert.True(joined.Matches(Sample()));
        Assert.Equal(4, joined.FilterCount);
    }

    [Fact]
    public void A_filter_that_cannot_travel_is_a_programmers_error()
    {
        Assert.Throws<ArgumentException>(() => ValueFilter.Pack([new(ValueField.Seq, 1, null)]));
        Assert.Throws<ArgumentException>(() => ValueFilter.Pack([new(ValueField.Type, 65_536, null)]));
        Assert.Throws<ArgumentException>(() => ValueFilter.Pack([new(ValueField.Owner, 0, new byte[19])]));
        Assert.Throws<ArgumentException>(() => ValueFilter.Pack([new(ValueField.UserType, 0, null)]));
        Assert.Throws<ArgumentException>(() => ValueFilter.Pack([.. Enumerable.Repeat(new ValueFilter(ValueField.Id, 1, null), 17)]));
        Assert.Throws<ArgumentException>(() => QueryMapWriter.Select(new byte[50], [], [0x80]));
    }

    [Fact]
    public void Rows_are_written_in_ascending_order_and_read_back()
    {
        QueryView query = Read(Map([5, 3, 4, 2, 1], []));
        ValueView value = Sample(), unsigned = Sample();
        unsigned.Owner = default;
        unsigned.Seq = 0;
        byte[] rows = new byte[200], map = new byte[200];
        int used = FieldsWriter.WriteRow(rows, query, value);
        used += FieldsWriter.WriteRow(rows.AsSpan(used), query, unsigned);
        int length = FieldsWriter.WriteMap(map, query, rows.AsSpan(0, used), 2);
        byte[][] expected =
        [
            Mp.UInt(7), Mp.UInt(3), Mp.Bin(OwnerKey), Mp.UInt(9), Mp.Str("text/plain"),
            Mp.UInt(7), Mp.UInt(3), Mp.Bin(InfoHash.Zero), Mp.UInt(0), Mp.Str("text/plain"),
        ];
        byte[] numbers = Mp.Array(Mp.UInt(1), Mp.UInt(2), Mp.UInt(3), Mp.UInt(4), Mp.UInt(5));
        Assert.Equal(Mp.Map(("f", numbers), ("v", Mp.Array(expected))), map[..length]);

        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(map.AsSpan(0, length), out FieldsView fields));
        Assert.Equal(2, fields.Count);
        Assert.True(fields.MoveNext(out ValueView row));
        Assert.True(row.Id == 7 && row.Type == 3 && row.Seq == 9);
        Assert.True(row.Owner.SequenceEqual(OwnerKey) && row.UserType.SequenceEqual("text/plain"u8));
        Assert.True(fields.MoveNext(out row));
        Assert.True(row.Owner.IsEmpty);
        Assert.False(fields.MoveNext(out _));
    }

    [Fact]
    public void The_flat_array_is_a_multiple_of_the_fields()
    {
        AssertFields(DecodeStatus.Ok, Mp.Map(("f", Mp.Array(Mp.UInt(1))), ("v", Mp.Array())));
        AssertFields(DecodeStatus.Ok, Mp.Map(("f", Mp.Array()), ("v", Mp.Array())));
        AssertFields(DecodeStatus.Malformed, Mp.Map(("f", Mp.Array(Mp.UInt(1), Mp.UInt(2))), ("v", Mp.Array(Mp.UInt(1)))));
        AssertFields(DecodeStatus.Malformed, Mp.Map(("f", Mp.Array()), ("v", Mp.Array(Mp.UInt(1)))));
        AssertFields(DecodeStatus.MissingKey, Mp.Map(("f", Mp.Array())));
        AssertFields(DecodeStatus.MissingKey, Mp.Map(("v", Mp.Array())));
    }

    [Fact]
    public void Unknown_fields_and_elements_of_another_type_leave_the_rest_readable()
    {
        byte[] map = Mp.Map(
            ("v", Mp.Array(Mp.Nest(2), Mp.UInt(7), Mp.Str("no type"), Mp.UInt(1), Mp.Int(-1, 1), Mp.UInt(70_000))),
            ("f", Mp.Array(Mp.UInt(9), Mp.UInt(1), Mp.UInt(2))));
        Assert.Equal(DecodeStatus.Ok, FieldsView.TryRead(map, out FieldsView fields));
        Assert.True(fields.MoveNext(out ValueView row) && row.Id == 7 && row.Type == 0);
        Assert.True(fields.MoveNext(out row) && row.Id == 0 && row.Type == 0);
        Assert.False(fields.MoveNext(out _));
    }

    private static byte[] KeyId() => SHA1(OwnerKey);

    private static byte[] SHA1(byte[] data) => System.Security.Cryptography.SHA1.HashData(data);

    private static byte[] Map(ulong[] fields, byte[][] filters) =>
        Mp.Map(("s", Mp.Array([.. fields.Select(field => Mp.UInt(field))])), ("w", Mp.Array(filters)));

    private static byte[] Filter(ulong field, byte[] value) => Mp.Map(("f", Mp.UInt(field)), ("v", value));

    private static ValueView Sample()
    {
        ValueView value = default;
        value.Id = 7;
        value.Type = 3;
        value.Seq = 9;
        value.Owner = OwnerKey;
        value.UserType = "text/plain"u8;
        return value;
    }

    private static QueryView Read(byte[] raw)
    {
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(raw, out QueryView query));
        return query;
    }

    private static void AssertStatus(DecodeStatus expected, byte[] raw) => Assert.Equal(expected, QueryView.TryRead(raw, out _));

    private static void AssertFields(DecodeStatus expected, byte[] raw) => Assert.Equal(expected, FieldsView.TryRead(raw, out _));
}
