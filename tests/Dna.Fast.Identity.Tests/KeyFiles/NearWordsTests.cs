namespace Dna.Fast.Identity.Tests.KeyFiles;

public sealed class NearWordsTests
{
    [Theory]
    [InlineData("abandn", "abandon")]
    [InlineData("Zoo0", "zoo")]
    [InlineData("lettre", "letter")]
    [InlineData("elepfant", "elephant")]
    [InlineData("abstraction", null)]
    [InlineData("xqzwv", null)]
    [InlineData("", null)]
    public void The_word_somebody_meant_comes_first(string typed, string? meant)
    {
        IReadOnlyList<string> near = NearWords.Of(typed, 3);
        Assert.Equal(meant, near.Count == 0 ? null : near[0]);
    }

    [Fact]
    public void No_more_than_asked_for() => Assert.Equal(3, NearWords.Of("bat", 3).Count);
}
