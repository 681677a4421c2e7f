using Dna.Fast.Deploy.Tests.Kit;

namespace Dna.Fast.Deploy.Tests;

/// <summary><c>deploy</c>, <c>verify</c> and <c>monitor</c> over a few machines.</summary>
public sealed class FleetTests
{
    [Fact]
    public async Task Hosts_become_a_network_that_is_verified_and_watched()
    {
        await using Lab lab = await Lab.StartAsync("a", "b", "c");
        Report planned = (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "--dry-run", "a", "b")).Expect(0);
        Assert.Equal("would", planned.Find("b", "install").State);
        await lab.SucceedOnAsync("a", "test ! -e /usr/bin/dna");

        // One host is not there: those before it are done, those after it are not touched.
        Report half = (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "a", "nobody", "b")).Expect(3);
        Assert.Equal("failed", half.Find("nobody", "reach").State);
        Assert.Equal("ok", half.Find("a", "canary").State);
        Assert.Empty(half.Of("b"));
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "--bootstrap", Lab.AddressOf(1), "b", "c")).Expect(0);
        Assert.Empty(await lab.SucceedOnAsync("b", "ls -d /tmp/dna-deploy.* 2>/dev/null || true"));

        Report verified = (await Script.RunAsync(lab, "verify", "a", "b", "c")).Expect(0);
        Assert.Equal(["read through b", "read through c", "read through a"], verified.Steps.Where(step => step.Name == "canary").Select(step => step.Text));
        Report watched = (await Script.RunAsync(lab, "monitor", "--every", "1", "--rounds", "2", "a", "b", "c")).Expect(0);
        Assert.Equal(12, watched.Steps.Count);
        Assert.Contains("contacts", watched.Find("b", "node").Text, StringComparison.Ordinal);

        // A host that is away, and a node that is: told apart, and the others are asked all the same.
        (await Script.RunAsync(lab, "monitor", "--no-canary", "a", "nobody", "c")).Expect(3);
        (await Script.RunAsync(lab, "verify", "a", "nobody", "c")).Expect(3);
        await lab.SucceedOnAsync("b", $"{Lab.ServiceCommand} stop");
        Report down = (await Script.RunAsync(lab, "monitor", "a", "b", "c")).Expect(1);
        Assert.StartsWith("silent", down.Find("b", "node").Text, StringComparison.Ordinal);
        Assert.Equal("read through c", down.Find("a", "canary").Text);
        Report wrong = (await Script.RunAsync(lab, "verify", "a", "b", "c")).Expect(1);
        Assert.Equal("failed", wrong.Find("b", "unit").State);
        Assert.Equal("read through c", wrong.Find("a", "canary").Text);

        // deploy mends it, and a second deploy does nothing.
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "b")).Expect(0);
        Report again = (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "b")).Expect(0);
        Assert.DoesNotContain(again.Steps, step => step.State == "changed");

        // Whoever starts a node and asks at once gets the answer of the node that has joined.
        await lab.SucceedOnAsync("b", $"{Lab.ServiceCommand} restart");
        (await Script.RunAsync(lab, "verify", "a", "b", "c")).Expect(0);
    }

    [Fact]
    public async Task A_program_that_fails_on_a_host_is_taken_back_there()
    {
        await using Lab lab = await Lab.StartAsync("a", "b");
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "a")).Expect(0);
        string sum = await lab.SucceedOnAsync("a", "sha256sum /usr/bin/dna");
        foreach (string program in (string[])[await Programs.DyingAsync(lab), await Programs.DeafAsync(lab)])
        {
            Report report = (await Script.RunAsync(lab, "deploy", "--file", program, "--wait", "3", "a", "b")).Expect(4);
            Assert.Equal("ok", report.Find("a", "rollback").State);
            Assert.Empty(report.Of("b"));
            Assert.Equal(sum, await lab.SucceedOnAsync("a", "sha256sum /usr/bin/dna"));
        }

        Report refused = (await Script.RunAsync(lab, "deploy", "--file", await Programs.ForeignAsync(lab), "a", "b")).Expect(6);
        Assert.Contains("hello", refused.Find("a", "file").Text, StringComparison.Ordinal);
        (await Script.RunAsync(lab, "verify", "a")).Expect(0);
    }

    [Fact]
    public async Task A_connection_lost_amid_an_installation_is_no_failure_and_no_success_by_itself()
    {
        await using Lab lab = await Lab.StartAsync("a");
        string lossy = await Programs.LossyViaAsync(lab);
        async Task<Report> DeployAsync(string program) => Script.Read(
            await Ended.RunAsync(Script.PathOf("deploy"), "--json", "--via", lossy, "--service-command", Lab.ServiceCommand, "--file", program, "--wait", "3", "a"));
        Report report = (await DeployAsync(Programs.Good)).Expect(0);
        Assert.Equal("ok", report.Find("a", "connection").State);
        Assert.Equal("ok", report.Find("a", "canary").State);
        string sum = await lab.SucceedOnAsync("a", "sha256sum /usr/bin/dna");
        (await DeployAsync(await Programs.DyingAsync(lab))).Expect(4);
        Assert.Equal(sum, await lab.SucceedOnAsync("a", "sha256sum /usr/bin/dna"));
        (await DeployAsync(await Programs.ForeignAsync(lab))).Expect(6);
    }

    [Fact]
    public async Task Pain_47_a_node_that_runs_and_keeps_nothing_is_not_well()
    {
        await using Lab lab = await Lab.StartAsync("a");
        (await Script.RunAsync(lab, "deploy", "--file", Programs.Good, "a")).Expect(0);
        // Its process, its port and its health are fine. But what is put is not there when it is asked for: "put" says that it is done, and does nothing.
        await lab.SucceedOnAsync("a", "mv /usr/bin/dna /usr/bin/dna.real && printf '#!/bin/sh\\n[ \"$1\" != put ] || exit 0\\nexec /usr/bin/dna.real \"$@\"\\n' > /usr/bin/dna && chmod 755 /usr/bin/dna");
        Report report = (await Script.RunAsync(lab, "monitor", "--patience", "2", "a")).Expect(1);
        Assert.StartsWith("ready", report.Find("a", "node").Text, StringComparison.Ordinal);
        Assert.Equal("put through a, not found through a", report.Find("a", "canary").Text);
        (await Script.RunAsync(lab, "verify", "--patience", "2", "a")).Expect(1);
    }
}
