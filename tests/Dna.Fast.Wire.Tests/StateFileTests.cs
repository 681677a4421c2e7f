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
    }

    [Fact]
    public void Another_version_is_refused()
    {
        byte[] bytes = new StateFile().ToBytes();
        bytes[3] = 2;
        Assert.False(StateFile.TryRead(bytes, out _));
    }
}
