using System.Text.Json;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Report;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>What <c>dna-load compare</c> makes of its rounds.</summary>
public sealed class CompareTests
{
    [Fact]
    public void Ratios_are_taken_round_by_round()
    {
        // The second round was disturbed for both alike: the figures scatter, their ratio does not.
        RivalResult ours = Comparison(0).Rivals[1];
        ScenarioResult ping = ours.Scenarios.Single(s => s.Name == "ping");
        Assert.Equal(new Spread(2.4, 3.6, 4.8), ping.CpuUsPerReply);
        Assert.Equal(new Spread(1.2, 1.2, 1.2), ping.ToEcho.CpuUsPerReply);
        Assert.Equal(new Spread(5, 5, 5), ours.ToEcho.RssIdle);
    }

    [Fact]
    public void Each_target_stands_beside_its_figure_and_says_whether_it_is_met()
    {
        string table = MarkdownTable.Of(Comparison(0));
        Assert.Contains("| CPU per ping | ≤ 1.25 × echo | 1.20 | met |", table, StringComparison.Ordinal);
        Assert.Contains("| CPU per find | ≤ 1.25 × echo | 1.30 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| CPU per put | ≤ 1.6 × echo | 1.60 | met |", table, StringComparison.Ordinal);
        Assert.Contains("| get replies/s | ≥ 0.85 × echo (200,000 where it does 235,000) | 0.80 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| p99 of get at half of its peak | ≤ 2 × echo | 3.00 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| memory (RSS) idle | ≤ 16 MB | 15.00 | met |", table, StringComparison.Ordinal);
        Assert.Contains("The generator was busy for at most 50 % of its time", table, StringComparison.Ordinal);
        Assert.Contains("| start to first answer, empty directory | ≤ 25 ms | 20.00 | met |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_query_of_every_server_has_its_line_in_both_tables()
    {
        string[] lines = MarkdownTable.Of(Comparison(0)).Split('\n');
        foreach (string name in Scenario.All.Select(s => s.Name))
        {
            Assert.Equal(2, lines.Count(l => l.StartsWith($"| {name} | echo |", StringComparison.Ordinal)));
            Assert.Equal(2, lines.Count(l => l.StartsWith($"| {name} | dna |", StringComparison.Ordinal)));
        }

        // A row with more or fewer cells than its heading is broken in every reader.
        Assert.All(Tables(lines), table => Assert.All(table, l => Assert.Equal(table[0].Count(c => c == '|'), l.Count(c => c == '|'))));
    }

    [Theory]
    [InlineData(0.1, false)]
    [InlineData(3.2, true)]
    public void A_busy_machine_is_said_to_have_been_busy(double load, bool isBusy)
    {
        string table = MarkdownTable.Of(Comparison(load));
        Assert.Equal(isBusy, table.Contains("The machine was busy", StringComparison.Ordinal));
        Assert.Contains(FormattableString.Invariant($"a system, Linux 6.1, load average {load:0.00} before"), table, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_our_node_there_are_no_targets()
    {
        Comparison both = Comparison(0);
        string table = MarkdownTable.Of(both with { Rivals = [both.Rivals[0]] });
        Assert.DoesNotContain("target", table, StringComparison.Ordinal);
        Assert.Contains("| ping | echo |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_has_figures_and_ratios_by_their_names()
    {
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(Comparison(0.25), LoadJson.Default.Comparison));
        JsonElement ours = json.RootElement.GetProperty("rivals")[1];
        Assert.Equal(0.25, json.RootElement.GetProperty("machine").GetProperty("loadAverage").GetDouble());
        Assert.Equal(5, ours.GetProperty("toEcho").GetProperty("rssIdle").GetProperty("median").GetDouble());
        Assert.Equal(1.2, ours.GetProperty("scenarios")[0].GetProperty("toEcho").GetProperty("cpuUsPerReply").GetProperty("max").GetDouble());
    }

    private static IEnumerable<string[]> Tables(string[] lines)
    {
        List<string> table = [];
        foreach (string line in lines.Append(""))
        {
            if (line.StartsWith('|'))
            {
                table.Add(line);
            }
            else if (table.Count > 0)
            {
                yield return [.. table];
                table.Clear();
            }
        }
    }

    private static Comparison Comparison(double load)
    {
        RoundResult[] echo = [.. new double[] { 1, 2, 1.5 }.Select(d => Round(4 * d, 3e6, _ => (2 * d, 100_000 / d, 50 * d)))];
        RoundResult[] ours = [.. new double[] { 1, 2, 1.5 }.Select(d => Round(20, 15e6, name => (Cpu(name) * 2 * d, 80_000 / d, 150 * d)))];
        return new Comparison("2026-01-01T00:00:00Z", new MachineInfo("a processor", 2, "6.1", "a system", load), 3, 2.5, 10_000,
            [ComparisonSummary.Of(new Rival("echo", "echo"), echo, echo), ComparisonSummary.Of(new Rival("dna", "dna run"), ours, echo)]);
    }

    private static double Cpu(string scenario) => scenario switch { "find" => 1.3, "put" => 1.6, _ => 1.2 };

    private static RoundResult Round(double startMs, double rss, Func<string, (double Cpu, double Rate, double P99)> figures) =>
        new(startMs, rss, rss, rss, Scenario.All.ToDictionary(s => s.Name, s => Measured(figures(s.Name))));

    private static Measured Measured((double Cpu, double Rate, double P99) f) => new(f.Rate, f.Cpu, f.P99 / 2, f.P99, f.P99 * 2, 300, 0, 0, 0.5, 1);
}
