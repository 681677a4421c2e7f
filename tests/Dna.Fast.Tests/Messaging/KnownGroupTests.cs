using Dna.Fast.Messaging;

namespace Dna.Fast.Tests.Messaging;

public sealed class KnownGroupTests
{
    private const ulong Day = 24UL * 3600 * 1000, Now = 1000 * Day;

    private static readonly KnownGroup Group = new("uuid", "name", "creator");

    [Fact]
    public void A_shown_message_is_remembered_by_our_clock_for_as_long_as_its_day_is_read()
    {
        KnownGroup known = Group.WithRead(["a"], Now);
        for (ulong day = 1; day <= 9; day++) known = known.WithRead([$"of day {day}"], Now + day * Day);
        Assert.Contains("a", known.Read.Keys);
        Assert.DoesNotContain("a", known.WithRead([], Now + 9 * Day + 1).Read.Keys);
    }

    [Fact]
    public void Of_too_many_messages_the_ones_shown_first_are_forgotten()
    {
        KnownGroup known = Group.WithRead(["old"], Now).WithRead(Enumerable.Range(0, KnownGroup.ReadMax).Select(i => $"new {i}"), Now + 1);
        Assert.Equal(KnownGroup.ReadMax, known.Read.Count);
        Assert.DoesNotContain("old", known.Read.Keys);
    }

    [Theory]
    [InlineData("Friends")]
    [InlineData("Café & Кино (2026)!")]
    public void A_plain_name_is_shown_as_it_is(string name) => Assert.Equal(name, Titles.Of(name));

    [Theory]
    [InlineData("a\n2026-01-01 00:00:00 Friends: alice")]
    [InlineData("\u001b[2J")]
    [InlineData("Friends: alice \"hi\"")]
    [InlineData("\u202eevil")]
    [InlineData(" padded ")]
    [InlineData("")]
    public void A_name_that_could_pass_for_more_is_quoted(string name)
    {
        string shown = Titles.Of(name);
        Assert.True(shown is ['"', .., '"'], shown);
        Assert.DoesNotContain(shown, character => char.IsControl(character) || character == '\u202e');
    }
}
