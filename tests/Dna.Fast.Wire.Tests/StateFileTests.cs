namespace Dna.Fast.Wire.Tests;

public sealed class StateFileTests
{
    [Fact]
    public void A_file_reads_back_as_it_was_written()
    {
        InfoHash id = InfoHash.OfKey("me"), first = InfoHash.OfKey("a"), second = InfoHash.OfKey("b");
        Assert.True(NodeAddress.TryParse("[2001:db8::7]:4222", 0, out NodeAddress v6));
        var file = new StateFile { Id = id, Nodes = [(first, NodeAddress.V4(0xC0000201, 4222)), (second, v6)] };
        Assert.True(StateFile.TryRead(file.ToBytes(), out StateFile read));
        Assert.Equal(id, read.Id);
        Assert.Equal(file.Nodes, read.Nodes);
        Assert.Equal(0, read.ValueKeys);
    }

    [Fact]
    public void Every_truncation_is_refused_and_none_throws()
    {
        var nodes = Enumerable.Range(0, 20).Select(i => (InfoHash.OfKey("n" + i), NodeAddress.V4(0xC0000200u + (uint)i, 4222))).ToList();
        byte[] bytes = new StateFile { Id = InfoHash.OfKey("me"), Nodes = nodes }.ToBytes();
        for (int length = 0; length < bytes.Length; length++) Assert.False(StateFile.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_file_of_a_stock_node_reads()
    {
        // Written by a stock node 2.4.12 without peers that held one value.
        byte[] bytes = Convert.FromHexString(
            "84a17601a26964c414bb6b14d6cbbea26083b28964617811f37114bcb6a56e6f64657390a676616c7565739192c4140beec7" +
            "b5ea3f0fdbc95d0dd47f3c5bc275da8a33c4469192cf000002975edc2eb182a26964cff17e703bfd875871a364617481a462" +
            "6f647983a47479706500a464617461c40568656c6c6fa57574797065aa746578742f706c61696e");
        Assert.True(StateFile.TryRead(bytes, out StateFile file));
        Assert.Equal("bb6b14d6cbbea26083b28964617811f37114bcb6", file.Id.ToString());
        Assert.Empty(file.Nodes);
        Assert.Equal(1, file.ValueKeys);

        var values = new List<StateValue>();
        Assert.Equal(InfoHash.OfKey("foo"), Assert.Single(file.Values).Key);
        Assert.True(StateFileValues.TryRead(file.Values[0].Packed, values, out int unread));
        StateValue value = Assert.Single(values);
        Assert.Equal((0, 0x2975edc2eb1L, StateValue.Unsaid, StateValue.Unsaid, default), (unread, value.CreatedMonotonicNs, value.CreatedUnixMs, value.ExpiresUnixMs, value.Source));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(value.Packed.Span, out ValueView view, out _));
        Assert.Equal("hello"u8, view.Data);
    }

    [Fact]
    public void Values_of_both_forms_read_back_as_they_were_written()
    {
        StateValue[] written =
        [
            new(StateValue.Unsaid, 1_234_567_890_123, StateValue.Unsaid, default, Packed(1)),
            new(StateValue.Unsaid, -5, StateValue.Unsaid, default, Packed(2)),
            new(1_700_000_000_123, StateValue.Unsaid, 1_700_604_800_123, NodeAddress.V4(0xC0000201, 4222), Packed(3)),
            new(1_700_000_000_000, StateValue.Unsaid, long.MaxValue, default, Packed(4)),
        ];
        var file = new StateFile { Values = [(InfoHash.OfKey("a"), StateFileValues.Write(written)), (InfoHash.OfKey("b"), StateFileValues.Write([]))] };
        Assert.True(StateFile.TryRead(file.ToBytes(), out StateFile read));
        Assert.Equal([InfoHash.OfKey("a"), InfoHash.OfKey("b")], read.Values.Select(entry => entry.Key));
        var values = new List<StateValue>();
        Assert.True(StateFileValues.TryRead(read.Values[0].Packed, values, out int unread));
        Assert.Equal(0, unread);
        Assert.Equal(written.Select(Text), values.Select(Text));
    }

    [Fact]
    public void What_is_no_value_is_left_out_and_counted_and_no_cut_throws()
    {
        var values = new List<StateValue>();
        // Two of the old form: one whose value is a number, one that is sound.
        byte[] packed = [0x92, 0x92, 0x05, 0x07, 0x92, 0x05, .. Packed(9)];
        Assert.True(StateFileValues.TryRead(packed, values, out int unread));
        Assert.Equal((1, 1), (unread, values.Count));
        for (int length = 0; length < packed.Length; length++) Assert.False(StateFileValues.TryRead(packed.AsMemory(0, length), [], out _));
        byte[] times = StateFileValues.Write([new StateValue(5, StateValue.Unsaid, 6, default, Packed(1))]);
        for (int length = 0; length < times.Length; length++) Assert.False(StateFileValues.TryRead(times.AsMemory(0, length), [], out _));
    }

    [Theory]
    [InlineData("d6ff6553f310", 1_700_000_528, 0)]
    [InlineData("d7ff1d6f34546553f310", 1_700_000_528, 123_456_789)]
    [InlineData("c70cff075bcd15000000006553f310", 1_700_000_528, 123_456_789)]
    [InlineData("c70cff00000000ffffffffffffffff", -1, 0)]
    public void A_timestamp_reads_in_each_of_its_widths(string hex, long seconds, int nanoseconds)
    {
        var reader = new MsgpackReader(Convert.FromHexString(hex));
        Assert.True(MsgpackTimestamp.TryRead(ref reader, out long readSeconds, out int readNanoseconds));
        Assert.Equal((seconds, nanoseconds, 0), (readSeconds, readNanoseconds, reader.Remaining));
    }

    [Theory]
    [InlineData("d6016553f310")]
    [InlineData("d7ffffffffff6553f310")]
    [InlineData("c70bff075bcd1500000000655368")]
    [InlineData("d6ff65")]
    [InlineData("05")]
    public void What_is_no_timestamp_is_refused(string hex)
    {
        var reader = new MsgpackReader(Convert.FromHexString(hex));
        Assert.False(MsgpackTimestamp.TryRead(ref reader, out _, out _));
    }

    [Fact]
    public void A_file_holds_more_than_a_datagram_may()
    {
        (InfoHash, ReadOnlyMemory<byte>)[] keys = [.. Enumerable.Range(0, WireLimits.ItemsMax).Select(n => (InfoHash.OfKey($"{n}"), (ReadOnlyMemory<byte>)new byte[] { 0x90 }))];
        Assert.True(StateFile.TryRead(new StateFile { Values = keys }.ToBytes(), out StateFile read));
        Assert.Equal(keys.Length, read.ValueKeys);
    }

    private static byte[] Packed(ulong id)
    {
        byte[] room = new byte[256];
        return room[..ValueWriter.Write(room, new ValueView { Id = id, Data = "hello"u8 })];
    }

    private static string Text(StateValue value) => $"{value.CreatedUnixMs} {value.CreatedMonotonicNs} {value.ExpiresUnixMs} {value.Source} {Convert.ToHexString(value.Packed.Span)}";

    [Fact]
    public void Another_version_is_refused()
    {
        byte[] bytes = new StateFile().ToBytes();
        bytes[3] = 2;
        Assert.False(StateFile.TryRead(bytes, out _));
    }
}
