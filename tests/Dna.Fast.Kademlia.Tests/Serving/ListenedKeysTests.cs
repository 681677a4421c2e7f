using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>The set of keys that somebody listens to.</summary>
public sealed class ListenedKeysTests
{
    private static readonly InfoHash One = InfoHash.Of([1]), Two = InfoHash.Of([2]);

    [Fact]
    public void Keys_are_there_from_the_first_addition_to_the_removal_however_often_they_are_added()
    {
        var keys = new ListenedKeys();
        Assert.False(keys.Contains(One));
        keys.Add(One);
        keys.Add(One);
        keys.Add(Two);
        Assert.True(keys.Contains(One) && keys.Contains(Two));
        keys.Remove(One);
        keys.Remove(One);
        Assert.False(keys.Contains(One));
        Assert.True(keys.Contains(Two));
        keys.Remove(Two);
        Assert.False(keys.Contains(Two));
        keys.Add(One);
        Assert.True(keys.Contains(One));
    }
}
