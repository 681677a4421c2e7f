using Dna.Fast.Deploy.Tests.Kit;

namespace Dna.Fast.Deploy.Tests;

/// <summary><c>upgrade</c>: one node after the other, and none after one that failed.</summary>
public sealed class UpgradeTests
{
    private static readonly string[] Hosts = ["a", "b", "c"];

    [Fact]
    public async Task Pain_41_a_fleet_is_brought_up_to_date_with_never_more_than_one_node_down_and_all_values_there()
    {
        await using Lab lab = await StartFleetAsync();
        string better = await Programs.BetterAsync(lab);
        Report planned = (await Script.RunAsync(lab, "upgrade", ["--file", better, "--dry-run", .. Hosts])).Expect(0);
        Assert.Equal(3, planned.Steps.Count(step => step.State == "would"));
        Task<Report> upgrade = Script.RunAsync(lab, "upgrade", ["--file", better, .. Hosts]);
        int looks = 0, downAtMost = 0;
        while (!upgrade.IsCompleted)
        {
            bool[] up = await Task.WhenAll(Hosts.Select(async host => (await lab.OnAsync(host, "kill -0 \"$(cat /run/dna.pid)\"")).Code == 0));
            downAtMost = Math.Max(downAtMost, up.Count(isUp => !isUp));
            looks++;
        }

        Report report = (await upgrade).Expect(0);
        Assert.InRange(downAtMost, 0, 1);
        Assert.InRange(looks, 1, int.MaxValue);
        foreach (string host in Hosts)
        {
            Assert.Equal("changed", report.Find(host, "program").State);
            Assert.Equal("ok", report.Find(host, "values").State);
            Assert.Equal("all 3 are found through it", report.Find(host, "canary").Text);
        }

        // One host's steps are over before the next one's begin.
        Assert.Equal(Hosts, report.Steps.Where(step => step.Name == "program").Select(step => step.Host));
        string[] order = [.. report.Steps.SkipWhile(step => step.Name != "copy").Select(step => step.Host)];
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task A_node_that_loses_its_values_ends_the_upgrade_and_the_others_stay()
    {
        await using Lab lab = await StartFleetAsync();
        string sum = await lab.SucceedOnAsync("b", "sha256sum < /usr/bin/dna");
        Report report = (await Script.RunAsync(lab, "upgrade", ["--file", await Programs.ForgetfulAsync(lab), .. Hosts])).Expect(7);
        Assert.Equal("failed", report.Find("a", "values").State);
        foreach (string host in Hosts[1..]) Assert.Equal(sum, await lab.SucceedOnAsync(host, "sha256sum < /usr/bin/dna"));
    }

    [Fact]
    public async Task A_bad_program_gets_no_further_than_the_first_host_and_is_taken_back_there()
    {
        await using Lab lab = await StartFleetAsync();
        string sum = await lab.SucceedOnAsync("a", "sha256sum < /usr/bin/dna");
        foreach (string program in (string[])[await Programs.DyingAsync(lab), await Programs.DeafAsync(lab)])
        {
            Report report = (await Script.RunAsync(lab, "upgrade", "--file", program, "--wait", "3", "b", "a", "c")).Expect(4);
            Assert.Equal("ok", report.Find("b", "rollback").State);
            Assert.DoesNotContain(report.Of("a"), step => step.Name == "copy");
        }

        foreach (string host in Hosts) Assert.Equal(sum, await lab.SucceedOnAsync(host, "sha256sum < /usr/bin/dna"));
        (await Script.RunAsync(lab, "verify", Hosts)).Expect(0);

        // Nothing begins with a host that is away, or with a node that is down already.
        string better = await Programs.BetterAsync(lab);
        (await Script.RunAsync(lab, "upgrade", "--file", better, "a", "b", "nobody")).Expect(3);
        await lab.SucceedOnAsync("c", $"{Lab.ServiceCommand} stop");
        Report refused = (await Script.RunAsync(lab, "upgrade", ["--file", better, .. Hosts])).Expect(6);
        Assert.Contains("c is not ready", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Steps, step => step.Name is "copy" or "canary");
        foreach (string host in Hosts) Assert.Equal(sum, await lab.SucceedOnAsync(host, "sha256sum < /usr/bin/dna"));
    }

    private static async Task<Lab> StartFleetAsync()
    {
        Lab lab = await Lab.StartAsync(Hosts);
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "a")).Expect(0);
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "--bootstrap", Lab.AddressOf(1), "b", "c")).Expect(0);
        // The node others join by must find them again after a restart: it is told of them.
        await lab.SucceedOnAsync("a", $"sed -i 's/^bootstrap = .*/bootstrap = [\"{Lab.AddressOf(2)}\", \"{Lab.AddressOf(3)}\"]/' /etc/dna/dna.toml && kill -HUP \"$(cat /run/dna.pid)\"");
        return lab;
    }
}
