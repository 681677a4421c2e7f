using Dna.Fast.Deploy.Tests.Kit;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests;

/// <summary>Everything that tells of a node's health tells that all of its peers are gone, and that they are back.</summary>
public sealed class LostPeersTests
{
    // Health tells it within half a minute, the alarm within a minute; a machine that is busy with other tests may take longer.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const string Alerts = "curl -s http://127.0.0.1:9090/api/v1/alerts";
    private const string Firing = Alerts + " | tr '{' '\\n' | grep -A 9 '\"DnaPeersLost\"' | grep -q '\"state\":\"firing\"'";
    private const string Quiet = Alerts + " | grep -q '\"alerts\":\\[\\]'";
    private const string Ready = "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9105/readyz | grep -qx ";

    [Fact]
    public async Task Killing_all_peers_is_told_by_everything_that_watches_and_so_is_their_return()
    {
        await using Lab lab = await Lab.StartAsync("a", "b", "c");
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "b")).Expect(0);
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "--bootstrap", Lab.AddressOf(2), "a", "c")).Expect(0);
        string process = await lab.SucceedOnAsync("a", "cat /run/dna.pid");
        await StartPrometheusAsync(lab);
        await UntilAsync(lab, "curl -s 'http://127.0.0.1:9090/api/v1/query?query=dna_ready' | grep -q '\"1\"'");
        await UntilAsync(lab, Ready + 200);
        await UntilAsync(lab, Quiet);
        (await Script.RunAsync(lab, "monitor", "--no-canary", "a")).Expect(0);

        // At once, as a power cut would: no farewell.
        await Task.WhenAll(new[] { "b", "c" }.Select(host => lab.SucceedOnAsync(host, "kill -KILL \"$(cat /run/dna.pid)\"")));
        await UntilAsync(lab, Ready + 503);
        await UntilAsync(lab, Firing);
        await UntilAsync(lab, "dna healthcheck --data /var/lib/dna | grep -q '^contacts   failing'");
        Ended examined = await lab.OnAsync("a", "dna doctor --data /var/lib/dna --timeout 2");
        Assert.True(examined.Code == 1, examined.ToString());
        Assert.Contains("all good contacts are lost", examined.Text, StringComparison.Ordinal);
        await UntilAsync(lab, "curl -s http://127.0.0.1:9105/status.json | grep -q '\"ready\":false,\"alive\":true'");
        await UntilAsync(lab, "curl -s http://127.0.0.1:9105/metrics | grep -qx 'dna_health_check{check=\"contacts\"} 2'");
        Report told = (await Script.RunAsync(lab, "monitor", "--no-canary", "a")).Expect(1);
        Assert.Contains("contacts failing: all good contacts are lost", told.Find("a", "node").Text, StringComparison.Ordinal);

        await lab.SucceedOnAsync("b", $"{Lab.ServiceCommand} start");
        await UntilAsync(lab, Ready + 200);
        await UntilAsync(lab, Quiet);
        (await Script.RunAsync(lab, "monitor", "a", "b")).Expect(0);
        examined = await lab.OnAsync("a", "dna doctor --data /var/lib/dna");
        Assert.True(examined.Code == 0, examined.ToString());
        Assert.Equal(process, await lab.SucceedOnAsync("a", "cat /run/dna.pid && kill -0 \"$(cat /run/dna.pid)\""));
    }

    /// <summary>A Prometheus with the scrape configuration and the alert rules of the project, as they are.</summary>
    private static async Task StartPrometheusAsync(Lab lab)
    {
        string folder = Path.Combine(Repository.Root, "tools", "deploy", "prometheus");
        string scrape = await File.ReadAllTextAsync(Path.Combine(folder, "scrape.yml"));
        await File.WriteAllTextAsync(lab.File("prometheus.yml"), $"rule_files: [{folder}/alerts.yml]\n{scrape}");
        await lab.SucceedOnAsync(
            "a", $"cd /tmp && setsid prometheus --config.file={lab.File("prometheus.yml")} --storage.tsdb.path=/tmp/prometheus --web.listen-address=127.0.0.1:9090 > /tmp/prometheus.log 2>&1 < /dev/null &");
    }

    private static async Task UntilAsync(Lab lab, string condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        Ended last;
        do
        {
            last = await lab.OnAsync("a", condition);
            if (last.Code == 0) return;
        }
        while (!deadline.IsCancellationRequested && await timer.WaitForNextTickAsync());

        string alerts = (await lab.OnAsync("a", Alerts + "; tail -n 5 /tmp/prometheus.log; curl -s http://127.0.0.1:9105/readyz")).ToString();
        Assert.Fail($"never true: {condition}\n{last}\n{alerts}");
    }
}
