using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Tests.Http;

/// <summary>What is shipped for Prometheus and Grafana names metrics that exist, and Prometheus's own tool accepts it.</summary>
public sealed partial class DashboardTests
{
    private static readonly string Deploy = Path.Combine(ProjectTree.Root, "tools", "deploy");

    [Fact]
    public async Task Promtool_accepts_the_metrics_a_node_serves()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        string metrics = await node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        (int code, string said) = await PromtoolAsync(metrics, "check", "metrics");
        Assert.True(code == 0, said);
        Assert.Equal(3, (await PromtoolAsync("# HELP x_total\nx_count 1\n", "check", "metrics")).Code);
    }

    [Fact]
    public async Task Promtool_accepts_the_alert_rules()
    {
        (int code, string said) = await PromtoolAsync("", "check", "rules", Path.Combine(Deploy, "prometheus", "alerts.yml"));
        Assert.True(code == 0, said);
        Assert.Contains("rules found", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_metric_of_the_alert_rules_and_the_dashboard_is_in_the_table()
    {
        HashSet<string> known = [.. Row().Matches(File.ReadAllText(Path.Combine(Deploy, "METRICS.md"))).Select(row => row.Groups[1].Value)];
        string rules = string.Join('\n', Expression().Matches(File.ReadAllText(Path.Combine(Deploy, "prometheus", "alerts.yml"))).Select(line => line.Value));
        IEnumerable<string> dashboard = Expressions(JsonDocument.Parse(File.ReadAllText(Path.Combine(Deploy, "grafana", "dna.json"))).RootElement);
        string[] used = [.. Metric().Matches(rules + '\n' + string.Join('\n', dashboard)).Select(metric => metric.Value).Distinct()];
        Assert.True(used.Length > 25);
        Assert.DoesNotContain(used, name => !known.Contains(name) && !known.Contains(Part().Replace(name, "")));
    }

    [Fact]
    public void Every_panel_has_a_place_of_its_own_and_a_question()
    {
        JsonElement[] panels = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Deploy, "grafana", "dna.json"))).RootElement.GetProperty("panels").EnumerateArray()];
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("gridPos").ToString()).Distinct().Count());
        Assert.All(panels.Where(panel => panel.GetProperty("type").GetString() != "row"), panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(
            member => member.Name is "expr" or "query" && member.Value.ValueKind == JsonValueKind.String ? [member.Value.GetString()!] : Expressions(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    private static async Task<(int Code, string Said)> PromtoolAsync(string input, params string[] arguments)
    {
        var info = new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(info)!;
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return (process.ExitCode, await output + await error);
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("promtool is needed: apt-get install prometheus");
        }
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| ", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^ +expr: .*$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(dna|process)_[a-z_]+\b")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
