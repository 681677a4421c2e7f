using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class KeySpaceTests
{
    private static readonly InfoHash Node = InfoHash.Of("node"u8);

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(60)]
    public void Keys_share_the_first_bits_of_the_node_and_differ_otherwise(int bits)
    {
        var keys = new KeySpace(1, Node, bits);
        InfoHash[] some = [.. Enumerable.Range(0, 1000).Select(i => keys.Key((uint)i))];
        Assert.All(some, k => Assert.True(k.CommonPrefixBits(Node) >= bits));
        Assert.Equal(1000, some.Distinct().Count());
        Assert.Contains(some, k => k.CommonPrefixBits(Node) == bits);
    }

    [Fact]
    public void A_source_is_farther_from_every_key_than_the_node()
    {
        var keys = new KeySpace(1, Node, 1);
        var random = new SplitMix(4);
        for (uint i = 0; i < 1000; i++) Assert.True(keys.Key(i).CompareDistance(Node, KeySpace.FarId(Node, random)) < 0);
    }

    [Fact]
    public void Another_seed_gives_other_keys()
    {
        Assert.NotEqual(new KeySpace(1, Node, 1).Key(0), new KeySpace(2, Node, 1).Key(0));
    }
}
