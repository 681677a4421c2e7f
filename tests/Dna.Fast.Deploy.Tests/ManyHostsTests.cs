using System.Globalization;
using System.Text.Json;
using Dna.Fast.Deploy.Tests.Kit;

namespace Dna.Fast.Deploy.Tests;

/// <summary>What somebody with many nodes needs: all are asked at once, one that hangs holds nobody up, and programs can read what is said.</summary>
public sealed class ManyHostsTests
{
    // As many as a well-known operator of such nodes has.
    private static readonly string[] Hosts = [.. Enumerable.Range(1, 21).Select(number => $"node{number}.example.org")];

    /// <summary>No host answers before all of them were asked: one after the other would never come to an end.</summary>
    [Theory]
    [InlineData("monitor")]
    [InlineData("verify")]
    public async Task All_hosts_are_asked_at_once_and_told_in_their_order(string name)
    {
        using var hosts = new FakeHosts("""touch "asked-$1"; tries=600; while [ "$(ls -d asked-* | wc -l)" -lt 21 ] && [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done; [ "$tries" -gt 0 ] || exit 1""");
        string file = hosts.Write("hosts", "# ours\n" + string.Join('\n', Hosts.Select(host => host + "  # a remark")) + "\n\n");
        string[] words = name == "monitor" ? ["--no-canary"] : [];
        Report report = (await hosts.RunAsync(name, ["--reach", "120", "--hosts", file, .. words])).Expect(0);
        Assert.Equal(Hosts, report.Steps.Where(step => step.Name == (name == "monitor" ? "node" : "health")).Select(step => step.Host));
    }

    [Fact]
    public async Task Few_are_asked_at_a_time_when_that_is_wanted()
    {
        using var hosts = new FakeHosts("""mkdir "at-$1"; ls -d at-* | wc -l >>count; sleep 0.05; rmdir "at-$1" """);
        (await hosts.RunAsync("monitor", ["--no-canary", "--parallel", "2", .. Hosts])).Expect(0);
        int[] counts = [.. hosts.Lines("count").Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(Hosts.Length * 2, counts.Length);
        Assert.InRange(counts.Max(), 1, 2);
    }

    [Fact]
    public async Task A_connection_that_hangs_ends_in_time_and_the_others_are_told()
    {
        using var hosts = new FakeHosts("""[ "$1" != node2.example.org ] || exec sleep 600""");
        Report report = (await hosts.RunAsync("monitor", ["--no-canary", "--reach", "2", .. Hosts[..3]])).Expect(3);
        Assert.Equal(["ok", "failed", "ok"], report.Steps.Select(step => step.State == "warning" ? "ok" : step.State));
        Assert.Equal("2 of 3 are well; not reached: node2.example.org", report.Text);
    }

    [Fact]
    public async Task Programs_get_numbers_and_people_get_columns()
    {
        using var hosts = new FakeHosts();
        Report report = (await hosts.RunAsync("monitor", "--no-canary", Hosts[0])).Expect(0);
        JsonElement line = JsonDocument.Parse(report.Raw.Text.Split('\n')[0]).RootElement;
        JsonElement facts = line.GetProperty("facts");
        Assert.Equal(20, facts.GetProperty("contacts").GetInt32());
        Assert.Equal(0.12, facts.GetProperty("load").GetDouble());
        Assert.Equal("ready", facts.GetProperty("readiness").GetString());
        Assert.True(facts.GetProperty("active").GetBoolean());
        Assert.Equal(JsonValueKind.Null, facts.GetProperty("resident").ValueKind);
        Assert.Equal("clock warning: it says \"tomorrow\"", facts.GetProperty("unwell").GetString());
        Assert.InRange(line.GetProperty("time").GetDateTimeOffset(), new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue);

        string[] lines = (await hosts.ShowAsync("monitor", "--no-canary", Hosts[0], Hosts[20])).Text.Split('\n');
        Assert.Equal(lines[0].IndexOf("contacts", StringComparison.Ordinal), lines[1].IndexOf("contacts", StringComparison.Ordinal));
        Assert.Matches("up +2 d,", lines[0]);
        Assert.Equal("2 of 2 are well", lines[2]);
    }

    [Fact]
    public async Task Rounds_are_told_apart()
    {
        using var hosts = new FakeHosts();
        Report report = (await hosts.RunAsync("monitor", "--no-canary", "--every", "1", "--rounds", "2", Hosts[0])).Expect(0);
        string[] rounds = [.. report.Raw.Text.Split('\n').Where(line => line.StartsWith("{\"round\":", StringComparison.Ordinal))];
        JsonElement round = JsonDocument.Parse(Assert.Single(rounds)).RootElement;
        Assert.Equal(1, round.GetProperty("round").GetInt32());
        Assert.Equal(0, round.GetProperty("code").GetInt32());
    }
}
