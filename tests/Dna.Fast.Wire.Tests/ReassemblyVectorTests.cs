namespace Dna.Fast.Wire.Tests;

public sealed class ReassemblyVectorTests
{
    private static readonly NodeAddress Peer = NodeAddress.V4(0x7F000001, 4000);

    public static TheoryData<string> Groups =>
        [.. Vectors.All.Where(vector => vector.Group is not null).Select(vector => vector.Group!).Distinct()];

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_becomes_whole_and_its_values_are_canonical(string group)
    {
        List<Vector> vectors = [.. Vectors.All.Where(vector => vector.Group == group)];
        AssertWhole(vectors);

        // Early fragments: the header comes last, the fragments backwards.
        vectors.Reverse();
        AssertWhole(vectors);
    }

    [Fact]
    public void All_groups_are_there() => Assert.Equal(11, Groups.Count);

    [Theory]
    [InlineData("signed-put")]
    [InlineData("enc-put-a")]
    [InlineData("big-put")]
    public void A_group_without_its_last_fragment_stays_open_and_is_dropped_after_3_s(string group)
    {
        var reassembler = new Reassembler(new ReassemblyLimits());
        List<Vector> vectors = [.. Vectors.All.Where(vector => vector.Group == group)];
        int last = vectors.FindLastIndex(vector => vector.Direction == "part");
        vectors.RemoveAt(last);
        foreach (Vector vector in vectors) Assert.Null(Feed(reassembler, vector, 0));
        Assert.Equal(1, reassembler.OpenCount);
        Assert.Equal(0, reassembler.Expire(2_999));
        Assert.Equal(1, reassembler.Expire(3_000));
        Assert.Equal(0, reassembler.OpenCount);
        Assert.Equal(0, reassembler.BytesHeld);
    }

    internal static List<ReassembledMessage> Reassemble(IEnumerable<Vector> vectors)
    {
        var reassembler = new Reassembler(new ReassemblyLimits());
        List<ReassembledMessage> whole = [.. vectors.Select(vector => Feed(reassembler, vector, 0)).OfType<ReassembledMessage>()];
        Assert.Equal(0, reassembler.OpenCount);
        Assert.Equal(0, reassembler.BytesHeld);
        return whole;
    }

    private static ReassembledMessage? Feed(Reassembler reassembler, Vector vector, long nowMs)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(vector.Bytes, out Message message));
        ReassembledMessage? whole = null;
        if (message.Kind == MessageKind.Fragment) reassembler.Add(Peer, message, nowMs, out whole);
        else if (message.HasSizes) reassembler.Open(Peer, message, vector.Bytes, nowMs, out whole);
        return whole;
    }

    private static void AssertWhole(List<Vector> vectors)
    {
        ReassembledMessage whole = Assert.Single(Reassemble(vectors));
        Vector header = vectors.Single(vector => VectorDecodeTests.Body(vector).At("values").HasValue);
        Assert.Equal(header.Bytes, whole.Header.ToArray());
        int[] sizes = [.. VectorDecodeTests.Body(header).At("values")!.Value.EnumerateArray().Select(size => size.GetInt32())];
        Assert.Equal(sizes, whole.Values.Select(value => value.Length));
        foreach (ReadOnlyMemory<byte> packed in whole.Values) Assert.Equal(packed.ToArray(), Reencoder.Repack(packed.Span));
    }
}
