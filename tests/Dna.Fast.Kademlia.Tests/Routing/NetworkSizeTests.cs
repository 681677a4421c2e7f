namespace Dna.Fast.Kademlia.Tests.Routing;

public sealed class NetworkSizeTests
{
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(7, 1, 8)]
    [InlineData(12, 2, 13)]
    public void A_table_that_knows_everybody_counts(int contacts, int buckets, long size) =>
        Assert.Equal(size, new FamilyStatus(Connectivity.Connected, contacts - 1, 1, 0, buckets).NetworkSize);

    [Theory]
    [InlineData(3, 32)]
    [InlineData(11, 8192)]
    [InlineData(160, 1L << 62)]
    public void A_table_that_was_cut_tells_by_its_depth(int buckets, long size) =>
        Assert.Equal(size, new FamilyStatus(Connectivity.Connected, 8 * buckets, 0, 0, buckets).NetworkSize);
}
