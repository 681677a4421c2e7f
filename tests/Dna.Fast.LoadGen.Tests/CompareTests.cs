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
        PeakResult ping = ours.Joined.Single(s => s.Name == "ping");
        Assert.Equal(new Spread(2.4, 3.6, 4.8), ping.CpuUsPerReply);
        Assert.Equal(new Spread(1.2, 1.2, 1.2), ping.ToEcho.CpuUsPerReply);
        Assert.Equal(new Spread(5, 5, 5), ours.ToEcho.RssIdle);
    }

    [Fact]
    public void Each_target_stands_beside_its_figure_and_says_whether_it_is_met()
    {
        string table = MarkdownTable.Of(Comparison(0));
        Assert.Contains("| CPU per ping | ≤ 1.25 × echo | 1.20 | met | 1.80 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| CPU per find | ≤ 1.25 × echo | 1.30 | **missed** | 1.95 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| CPU per put-7d | ≤ 2 × echo | 1.20 | met | 1.80 | met |", table, StringComparison.Ordinal);
        Assert.Contains("| get replies/s | ≥ 0.85 × echo (200,000 where it does 235,000) | 0.80 | **missed** | 0.80 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| p99 of get at half of its peak | ≤ 2 × echo |  |  | 3.00 | **missed** |", table, StringComparison.Ordinal);
        Assert.Contains("| memory (RSS) idle | ≤ 16 MB | 15.00 | met |  |  |", table, StringComparison.Ordinal);
        Assert.Contains("The generator was busy for at most 50 % of its time", table, StringComparison.Ordinal);
        Assert.Contains("| start to first answer, empty directory | ≤ 25 ms | 20.00 | met |  |  |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_query_of_every_server_has_its_line_in_both_tables()
    {
        string[] lines = MarkdownTable.Of(Comparison(0)).Split('\n');
        foreach (string name in Scenario.All.Select(s => s.Name))
        {
            // Joined, apart, and the latencies.
            Assert.Equal(3, lines.Count(l => l.StartsWith($"| {name} | echo |", StringComparison.Ordinal)));
            Assert.Equal(3, lines.Count(l => l.StartsWith($"| {name} | dna |", StringComparison.Ordinal)));
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
        Assert.Equal(1.2, ours.GetProperty("joined")[0].GetProperty("toEcho").GetProperty("cpuUsPerReply").GetProperty("max").GetDouble());
    }

    [Theory]
    [InlineData(1, 0, 0, "1 answers wrong")]
    [InlineData(0, 200, 0, "2.0 % lost")]
    [InlineData(0, 0, 1, "no figure for replies or CPU in some round")]
    public void A_round_that_went_wrong_makes_its_targets_invalid(long wrong, long lost, int missing, string fault)
    {
        foreach (int broken in new[] { 0, 1 })
        {
            RoundResult[][] rounds = [[Round(4, 3e6, _ => (2, 100_000, 50))], [Round(20, 15e6, _ => (0.1, 200_000, 50))]];
            Measured get = rounds[broken][0].Joined["get"];
            ((Dictionary<string, Measured>)rounds[broken][0].Joined)["get"] =
                get with { WrongAnswers = wrong, Lost = lost, CpuUsPerReply = missing == 0 ? get.CpuUsPerReply : 0 };
            Comparison result = Compared(0, rounds[0], rounds[1]);
            string table = MarkdownTable.Of(result);
            Assert.Contains(table.Split('\n'), l => l.StartsWith("| CPU per get |", StringComparison.Ordinal) && l.Contains("| **invalid** |", StringComparison.Ordinal));
            Assert.Contains(table.Split('\n'), l => l.StartsWith("| CPU per ping |", StringComparison.Ordinal) && l.Contains("| 0.05 | met |", StringComparison.Ordinal));
            string line = $"{(broken == 0 ? "echo" : "dna")}, get joined: {fault}";
            Assert.Equal([line], Validity.JudgedFaultsOf(result));
            Assert.Contains(line, table, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_lost_request_in_a_thousand_is_no_fault()
    {
        RoundResult ours = Round(20, 15e6, _ => (2, 100_000, 50));
        ((Dictionary<string, Measured>)ours.Apart)["put"] = ours.Apart["put"] with { Lost = 10 };
        Assert.Empty(Validity.JudgedFaultsOf(Compared(0, [Round(4, 3e6, _ => (2, 100_000, 50))], [ours])));
    }

    [Fact]
    public void A_figure_that_was_not_measured_is_no_target_met()
    {
        RoundResult echo = Round(4, 3e6, _ => (2, 100_000, 50)), ours = Round(0, 15e6, _ => (2, 100_000, 50));
        ((Dictionary<string, Measured>)ours.Joined).Remove("put");
        string table = MarkdownTable.Of(Compared(0, [echo], [ours]));
        Assert.Contains("| CPU per put | ≤ 1.6 × echo | missing | **invalid** | 1.00 | met |", table, StringComparison.Ordinal);
        Assert.Contains("| start to first answer, empty directory | ≤ 25 ms | 0.00 | **invalid** |", table, StringComparison.Ordinal);
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
        RoundResult[] ours = [.. new double[] { 1, 2, 1.5 }.Select(d => Round(20, 15e6, name => (Cpu(name) * 2 * d, 80_000 / d, 150 * d), 1.5))];
        return Compared(load, echo, ours);
    }

    private static Comparison Compared(double load, RoundResult[] echo, RoundResult[] ours) =>
        new("2026-01-01T00:00:00Z", new MachineInfo("a processor", 2, "6.1", "a system", load), echo.Length, echo.Length, 2.5, 10_000,
            [ComparisonSummary.Of(new Rival("echo", "echo"), echo, echo), ComparisonSummary.Of(new Rival("dna", "dna run"), ours, echo)]);

    private static double Cpu(string scenario) => scenario switch { "find" => 1.3, "put" => 1.6, _ => 1.2 };

    // Apart costs our node half as much again: a verdict of its own.
    private static RoundResult Round(double startMs, double rss, Func<string, (double Cpu, double Rate, double P99)> figures, double apart = 1) =>
        new(startMs, rss, rss, rss, Scenario.All.ToDictionary(s => s.Name, s => Measured(figures(s.Name))),
            Scenario.All.ToDictionary(s => s.Name, s => Apart(figures(s.Name), apart)));

    private static Measured Measured((double Cpu, double Rate, double P99) f) => new(f.Rate, f.Cpu, 300, 10_000, 0, 0, 0.5, 1);

    private static Measured Apart((double Cpu, double Rate, double P99) f, double more) =>
        Measured((f.Cpu * more, f.Rate, f.P99)) with { Latency = new MeasuredLatency(f.P99 / 2, f.P99, f.P99 * 2) };
}
