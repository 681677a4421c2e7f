namespace Dna.Fast.Wire.Tests;

public sealed class ValueReaderTests
{
    private static readonly byte[] Owner = [0x30, 0x03, 1, 2, 3];

    private static readonly (object, byte[])[] Clear = [("type", Mp.UInt(3)), ("data", Mp.Bin([1, 2]))];

    private static readonly (object, byte[]) UserType = ("utype", Mp.Str("u"));

    private static readonly (object, byte[])[] Signed = [("seq", Mp.UInt(9)), ("owner", Mp.Bin(Owner)), .. Clear];

    [Fact]
    public void Keys_come_in_any_order_and_unknown_ones_are_not_kept()
    {
        byte[] packed = Mp.Map(
            ("x", Mp.Nest(3)), ("pt", Mp.Str("push")), ("p", Mp.UInt(2)),
            ("dat", Mp.Map(("sig", Mp.Bin([7])), (4, Mp.UInt(1)), ("body", Mp.Map([UserType, ("y", Mp.UInt(1)), .. Signed.Reverse()])))),
            ("id", Mp.UInt(5)));
        ValueView value = Read(packed);
        Assert.Equal((5UL, (ushort)3, (ushort)9, 2u), (value.Id, value.Type, value.Seq, value.Priority));
        byte[] canonical = Mp.Map(
            ("id", Mp.UInt(5)),
            ("dat", Mp.Map(("body", Mp.Map([.. Signed, UserType])), ("sig", Mp.Bin([7])))), ("p", Mp.UInt(2)), ("pt", Mp.Str("push")));
        Assert.Equal(canonical, Write(value));
    }

    [Fact]
    public void Wide_forms_are_read_and_written_short()
    {
        byte[] body = Mp.Map(("type", Mp.UInt(3, 4)), ("data", Mp.Bin([1, 2], 4)));
        byte[] packed = Mp.Map(("id", Mp.UInt(5, 8)), ("dat", Mp.Map(("body", body))));
        Assert.Equal(Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Map(("body", Mp.Map(Clear))))), Write(Read(packed)));
    }

    [Fact]
    public void Data_may_be_a_string_and_leaves_as_a_bin()
    {
        byte[] packed = Value(body: Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Str("\u0001\u0002"))));
        Assert.Equal(Value(body: Mp.Map(Clear)), Write(Read(packed)));
    }

    [Fact]
    public void Empty_data_is_data_and_an_empty_user_type_is_none()
    {
        ValueView value = Read(Value(body: Mp.Map(("type", Mp.UInt(0)), ("data", Mp.Bin([])), ("utype", Mp.Str("")))));
        Assert.Equal(Value(body: Mp.Map(("type", Mp.UInt(0)), ("data", Mp.Bin([])))), Write(value));
    }

    [Fact]
    public void An_owner_needs_a_sequence_number_and_a_signature()
    {
        Assert.True(Read(Value(Mp.Map(Signed), [7])).IsSigned);
        AssertStatus(DecodeStatus.MissingKey, Value(Mp.Map(Signed)));
        AssertStatus(DecodeStatus.MissingKey, Value(Mp.Map(Signed), []));
        AssertStatus(DecodeStatus.MissingKey, Value(Mp.Map([("owner", Mp.Bin(Owner)), .. Clear]), [7]));
    }

    [Fact]
    public void What_only_an_owner_can_say_is_dropped_without_one()
    {
        ValueView value = Read(Value(Mp.Map([("seq", Mp.UInt(9)), ("to", Mp.Bin(InfoHash.Of([1]))), .. Clear]), [7]));
        Assert.False(value.IsSigned || value.HasRecipient);
        Assert.Equal(0, value.Seq);
        Assert.True(value.Signature.IsEmpty && value.Recipient.IsZero);
        Assert.Equal(Value(body: Mp.Map(Clear)), Write(value));
    }

    [Fact]
    public void A_recipient_is_20_bytes()
    {
        InfoHash recipient = InfoHash.Of([1]);
        ValueView value = Read(Value(Mp.Map([("to", Mp.Bin(recipient)), .. Signed]), [7]));
        Assert.True(value.HasRecipient);
        Assert.Equal(recipient, value.Recipient);
        AssertStatus(DecodeStatus.Malformed, Value(Mp.Map([("to", Mp.Bin(new byte[19])), .. Signed]), [7]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3000")]
    [InlineData("0403010203")]
    public void An_owner_that_cannot_be_a_key_is_malformed(string hex) =>
        AssertStatus(DecodeStatus.Malformed, Value(Mp.Map([.. Signed, ("owner", Mp.Bin(Convert.FromHexString(hex)))]), [7]));

    [Fact]
    public void Every_required_key_is_required()
    {
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("dat", Mp.Map(("body", Mp.Map(Clear))))));
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("id", Mp.UInt(5))));
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Map())));
        AssertStatus(DecodeStatus.MissingKey, Value(Mp.Map(Clear[0])));
        AssertStatus(DecodeStatus.MissingKey, Value(Mp.Map(Clear[1])));
    }

    [Fact]
    public void Numbers_that_do_not_fit_are_out_of_range()
    {
        AssertStatus(DecodeStatus.OutOfRange, Value(Mp.Map(("type", Mp.UInt(65_536)), Clear[1])));
        AssertStatus(DecodeStatus.OutOfRange, Value(Mp.Map([("seq", Mp.UInt(65_536)), .. Clear])));
        AssertStatus(DecodeStatus.OutOfRange, Mp.Map(("id", Mp.Int(-1, 8)), ("dat", Mp.Map(("body", Mp.Map(Clear))))));
    }

    [Fact]
    public void An_encrypted_value_is_its_cypher()
    {
        byte[] packed = Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Bin([1, 2, 3])), ("p", Mp.UInt(1)));
        ValueView value = Read(packed);
        Assert.True(value.IsEncrypted);
        Assert.Equal(new byte[] { 1, 2, 3 }, value.Cypher.ToArray());
        Assert.Equal(packed, Write(value));
        AssertStatus(DecodeStatus.Malformed, Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Bin([]))));
        AssertStatus(DecodeStatus.Malformed, Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.UInt(1))));
    }

    [Fact]
    public void The_last_of_equal_keys_counts_and_leaves_nothing_of_the_first()
    {
        byte[] signed = Mp.Map(("body", Mp.Map([.. Signed, UserType])), ("sig", Mp.Bin([7])));
        byte[] clear = Mp.Map(("body", Mp.Map(Clear)));
        Assert.Equal(Value(Mp.Map(Clear)), Write(Read(Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Bin([1])), ("dat", signed), ("dat", clear)))));
        Assert.True(Read(Mp.Map(("id", Mp.UInt(5)), ("dat", signed), ("dat", Mp.Bin([1])))) is { IsEncrypted: true, IsSigned: false });
        AssertStatus(DecodeStatus.MissingKey, Mp.Map(("id", Mp.UInt(5)), ("dat", clear), ("dat", Mp.Map())));
        byte[] twice = Mp.Map(("body", Mp.Map([.. Signed, ("utype", Mp.Str("u"))])), ("body", Mp.Map(Clear)));
        Assert.Equal(Value(Mp.Map(Clear)), Write(Read(Mp.Map(("id", Mp.UInt(5)), ("dat", twice)))));
    }

    [Fact]
    public void What_follows_a_value_is_not_consumed()
    {
        byte[] packed = Value(Mp.Map(Clear));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read([.. packed, 1, 2, 3], out _, out int consumed));
        Assert.Equal(packed.Length, consumed);
    }

    [Fact]
    public void A_packed_value_has_at_most_65568_bytes()
    {
        int overhead = Value(Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Bin(new byte[65_000])))).Length - 65_000;
        byte[] largest = Value(Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Bin(new byte[65_535])))), widest = new byte[65_568 - overhead - 2];
        Assert.Equal(65_535, Read(largest).PayloadBytes);
        Assert.Equal(65_568, Value(Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Bin(widest, 4)))).Length);
        Assert.Equal(widest.Length, Read(Value(Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Bin(widest, 4))))).Data.Length);
        AssertStatus(DecodeStatus.TooLarge, Value(Mp.Map(("type", Mp.UInt(3)), ("data", Mp.Bin([.. widest, 0], 4)))));
    }

    [Fact]
    public void The_payload_is_data_signature_user_type_and_push_type()
    {
        byte[] dat = Mp.Map(("body", Mp.Map([.. Signed, ("utype", Mp.Str("user"))])), ("sig", Mp.Bin(new byte[100])));
        Assert.Equal(2 + 100 + 4 + 3, Read(Mp.Map(("id", Mp.UInt(5)), ("dat", dat), ("pt", Mp.Str("abc")))).PayloadBytes);
        Assert.Equal(70, Read(Mp.Map(("id", Mp.UInt(5)), ("dat", Mp.Bin(new byte[70])))).PayloadBytes);
    }

    [Fact]
    public void Values_are_equal_by_id_owner_type_data_user_type_and_signature()
    {
        ValueView value = Read(Value(Mp.Map([.. Signed, ("utype", Mp.Str("u"))]), [7]));
        ValueView other = value;
        (other.Seq, other.Priority, other.HasRecipient) = (1, 1, true);
        Assert.True(value.IsEqualTo(other));
        foreach (int field in Enumerable.Range(0, 7))
        {
            other = value;
            if (field == 0) other.Id++;
            if (field == 1) other.Type++;
            if (field == 2) other.Data = [1];
            if (field == 3) other.UserType = [1];
            if (field == 4) other.Signature = [1];
            if (field == 5) other.Owner = [1];
            if (field == 6) other.IsEncrypted = true;
            Assert.False(value.IsEqualTo(other));
        }
    }

    private static byte[] Value(byte[] body, byte[]? signature = null) => Mp.Map(
        ("id", Mp.UInt(5)), ("dat", signature is null ? Mp.Map(("body", body)) : Mp.Map(("body", body), ("sig", Mp.Bin(signature)))));

    private static ValueView Read(byte[] packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out int consumed));
        Assert.Equal(packed.Length, consumed);
        return value;
    }

    private static byte[] Write(in ValueView value)
    {
        byte[] room = new byte[ValueWriter.BytesMax(value)];
        return room[..ValueWriter.Write(room, value)];
    }

    private static void AssertStatus(DecodeStatus expected, byte[] packed) =>
        Assert.Equal(expected, ValueReader.Read(packed, out _, out _));
}
