using System.Text.Json;
using Dna.Fast.Commands;
using Dna.Fast.Tests.Http;

namespace Dna.Fast.Tests;

public sealed class TopFrameTests
{
    [Fact]
    public async Task Rates_come_from_two_reports_and_the_fastest_comes_first()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        string report = System.Text.Encoding.UTF8.GetString(node.Watch.Report.ToJson());
        JsonElement before = JsonDocument.Parse(report).RootElement;
        string later = report.Replace("\"datagrams_in\":0", "\"datagrams_in\":100", StringComparison.Ordinal).Replace("\"gets_in\":0", "\"gets_in\":40", StringComparison.Ordinal);
        string[] lines = TopFrame.Write(before, JsonDocument.Parse(later).RootElement, TimeSpan.FromSeconds(10)).Split('\n');
        Assert.StartsWith("ready   " + node.Node.Id, lines[0], StringComparison.Ordinal);
        Assert.Contains("contacts warning: alone", lines[1], StringComparison.Ordinal);
        Assert.Matches("^datagrams in +10.0 +100$", lines[^2]);
        Assert.Matches("^gets in +4.0 +40$", lines[^1]);
        Assert.EndsWith("nothing happened", TopFrame.Write(before, before, TimeSpan.FromSeconds(1)), StringComparison.Ordinal);
        Assert.DoesNotContain("a second", TopFrame.Write(null, before, TimeSpan.Zero), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_is_shown_with_its_contacts()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        await using WatchedNode other = await WatchedNode.StartAsync(node);
        await Shared.Until.TrueAsync(() => other.Watch.Health.Report.IsReady);
        JsonElement table = JsonDocument.Parse(other.Watch.Answer("table")).RootElement;
        string text = TableCommand.Write(table);
        Assert.Contains("IPv4 all ids: 1 contacts", text, StringComparison.Ordinal);
        Assert.Contains($"{node.Node.Id}  good     {node.Address}  heard ", text, StringComparison.Ordinal);
    }
}
