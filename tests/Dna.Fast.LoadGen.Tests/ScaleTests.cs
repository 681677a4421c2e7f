using System.Text.Json;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Scale;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>What <c>dna-load scale</c> writes.</summary>
public sealed class ScaleTests
{
    private static readonly ScaleResult Result = new(
        "2026-01-01T00:00:00Z", new MachineInfo("a processor", 2, "6.1", "a system"), "dna run", 1_000_000, 10_000, 200, 0.99,
        new StartFigures(20, new Spread(9, 10.5, 12), new Spread(8, 9, 10)),
        new MemoryFigures(15_000_000, 80_000_000, 85_000_000, 70_000_000),
        new GetFigures(5, new Spread(4, 5, 6), new Spread(6, 7, 8), new Spread(1.3, 1.4, 1.5), new Spread(1, 2, 3), new Spread(1, 2, 3), 0, 10, 1_000),
        new RecoveryFigures(5, new Spread(40, 50, 60), new Spread(50, 60, 70), new Spread(30_000, 40_000, 50_000), 5_120))
    {
        FillPerSecond = 70_000,
    };

    [Fact]
    public void The_table_says_every_figure_and_leaves_the_other_table_of_the_file_alone()
    {
        string other = $"{MarkdownTable.Begin}\nother\n{MarkdownTable.End}\n";
        string document = $"{other}{ScaleTable.Begin}\nold\n{ScaleTable.End}\n";
        Assert.True(MarkdownTable.TryPlace(document, ScaleTable.Of(Result), out string placed, ScaleTable.Begin, ScaleTable.End));
        Assert.StartsWith(other + ScaleTable.Begin, placed, StringComparison.Ordinal);
        Assert.DoesNotContain("old", placed, StringComparison.Ordinal);
        foreach (string figure in new[] { "| ≤ 2 × | 1.40 (1.30 to 1.50) × | met |", "| ≤ 80 MB | 70.0 MB | met |", "10.5 (9.0 to 12.0) ms | met |", "60 (50 to 70) ms", "5.00 (4.00 to 6.00) µs" })
        {
            Assert.Contains(figure, placed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sound_figures_have_no_fault() => Assert.Empty(ScaleTable.FaultsOf(Result));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 11)]
    public void Gets_answered_wrongly_or_lost_make_their_target_invalid(long wrong, long lost)
    {
        ScaleResult result = Result with { Gets = Result.Gets with { Wrong = wrong, Lost = lost } };
        Assert.Contains("| ≤ 2 × | 1.40 (1.30 to 1.50) × | **invalid** |", ScaleTable.Of(result), StringComparison.Ordinal);
        Assert.Single(ScaleTable.FaultsOf(result));
    }

    [Fact]
    public void A_missing_figure_is_no_target_met()
    {
        ScaleResult result = Result with
        {
            Memory = Result.Memory with { Read = 0 },
            Starts = Result.Starts with { First = new Spread(0, 10, 11) },
            Recoveries = Result.Recoveries with { PutsBefore = new Spread(0, 1, 2) },
        };
        string table = ScaleTable.Of(result);
        Assert.Contains("| ≤ 80 MB | 70.0 MB | **invalid** |", table, StringComparison.Ordinal);
        Assert.Contains("10.0 (0.0 to 11.0) ms | **invalid** |", table, StringComparison.Ordinal);
        Assert.Equal(3, ScaleTable.FaultsOf(result).Count);
    }

    [Fact]
    public void The_file_has_the_figures_by_their_names()
    {
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(Result, LoadJson.Default.ScaleResult));
        Assert.Equal(1.4, json.RootElement.GetProperty("gets").GetProperty("ratio").GetProperty("median").GetDouble());
        Assert.Equal(70_000_000, json.RootElement.GetProperty("memory").GetProperty("growth").GetInt64());
    }
}
