using CsCheck;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;

namespace Dna.Fast.LoadGen.Tests;

public sealed class LiveProgressTests
{
    private static readonly RunProgress Some = new("measuring", 0.5, 123_456, 250, 1500, 1000, 7, 0);

    [Fact]
    public void A_line_never_exceeds_the_terminal()
    {
        Gen.Select(Gen.Int[1, 200], Gen.Double[0, 1], Gen.Long[0, long.MaxValue]).Sample((width, done, lost) =>
            LiveProgress.Line(Some with { Done = done, Lost = lost, Errors = lost }, width).Length <= width);
    }

    [Fact]
    public void A_wide_line_shows_how_far_the_run_is()
    {
        string line = LiveProgress.Line(Some, 120);
        Assert.StartsWith(new string('━', 10) + new string('┄', 10) + " measuring", line, StringComparison.Ordinal);
        Assert.Contains("123,456/s", line, StringComparison.Ordinal);
        Assert.Contains("lost 7", line, StringComparison.Ordinal);
        Assert.DoesNotContain("errors", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_line_keeps_the_figures()
    {
        Assert.StartsWith("measuring", LiveProgress.Line(Some, 70), StringComparison.Ordinal);
    }
}
