using Dna.Fast.Deploy.Tests.Kit;

namespace Dna.Fast.Deploy.Tests;

/// <summary><c>install</c> on a machine with nothing but its loopback.</summary>
public sealed class InstallTests
{
    private const string Machine = "localhost";

    [Fact]
    public async Task A_package_becomes_a_healthy_node_and_a_second_run_does_nothing()
    {
        await using Lab lab = await Lab.StartAsync("m");
        string package = await Package.BuildAsync(lab, "1.0.0");
        Report report = (await Script.OnAsync(lab, "m", "install", package)).Expect(0);
        Assert.Equal("changed", report.Find(Machine, "program").State);
        Assert.Contains("alone", report.Find(Machine, "ready").Text, StringComparison.Ordinal);
        Report verified = (await Script.OnAsync(lab, "m", "verify")).Expect(0);
        Assert.Equal("ok", verified.Find(Machine, "canary").State);

        // No more rights than needed: the service's user, and files that are its own.
        Assert.Equal("dna", await lab.SucceedOnAsync("m", "stat -c %U /proc/$(cat /run/dna.pid)"));
        Assert.Equal("root:dna 640\ndna:dna 700", await lab.SucceedOnAsync("m", "stat -c '%U:%G %a' /etc/dna/dna.toml /var/lib/dna"));

        string process = await lab.SucceedOnAsync("m", "cat /run/dna.pid");
        Report again = (await Script.OnAsync(lab, "m", "install", package)).Expect(0);
        Assert.All(again.Steps, step => Assert.Equal("ok", step.State));
        Assert.Equal("nothing to do", again.Text);
        Assert.Equal(process, await lab.SucceedOnAsync("m", "cat /run/dna.pid"));

        // A new version comes, is put back by hand, and each time the configuration of the machine stays.
        await lab.SucceedOnAsync("m", "echo '# mine' >> /etc/dna/dna.toml");
        string newer = await Package.AnotherAsync(lab, package, "1.0.1");
        (await Script.OnAsync(lab, "m", "install", newer)).Expect(0);
        Assert.Equal("1.0.1", await lab.SucceedOnAsync("m", "dpkg-query -W -f '${Version}' dna"));
        (await Script.OnAsync(lab, "m", "install", "--restore")).Expect(0);
        Assert.Equal("1.0.0", await lab.SucceedOnAsync("m", "dpkg-query -W -f '${Version}' dna"));
        Assert.EndsWith("# mine", await lab.SucceedOnAsync("m", "cat /etc/dna/dna.toml"), StringComparison.Ordinal);
        (await Script.OnAsync(lab, "m", "verify")).Expect(0);
        (await Script.OnAsync(lab, "m", "install", Programs.Good)).Expect(6);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_needs_no_rights()
    {
        await using Lab lab = await Lab.StartAsync("m");
        string before = await lab.SucceedOnAsync("m", "ls -lR --time-style=full-iso /etc /usr/bin /var/lib | md5sum");
        Report report = (await Script.OnAsync(lab, "m", "install", $"--dry-run --bootstrap 192.0.2.1 {Programs.Good}")).Expect(0);
        Assert.Equal(["user", "folders", "config", "program", "unit", "service"], report.Steps.Where(step => step.State == "would").Select(step => step.Name));
        Assert.Equal(before, await lab.SucceedOnAsync("m", "ls -lR --time-style=full-iso /etc /usr/bin /var/lib | md5sum"));

        Ended asNobody = await lab.OnAsync("m", $"cp {Programs.Good} /tmp/dna && chmod 755 /tmp/dna && setpriv --reuid 65534 --clear-groups bash < /dev/null {Script.PathOf("install")} --dry-run /tmp/dna");
        Assert.True(asNobody.Code == 0, asNobody.ToString());
        Ended forReal = await lab.OnAsync("m", $"setpriv --reuid 65534 --clear-groups bash < /dev/null {Script.PathOf("install")} /tmp/dna");
        Assert.True(forReal.Code == 6, forReal.ToString());
    }

    [Fact]
    public async Task What_is_wrong_is_refused_before_anything_changes()
    {
        await using Lab lab = await Lab.StartAsync("m");
        string foreign = await Programs.ForeignAsync(lab);
        await File.WriteAllTextAsync(lab.File("bad.toml"), "[network]\nprot = 1\n");
        string[] wrong =
        [
            foreign,
            "/nowhere/dna",
            $"{Programs.Good} --sha256 {new string('0', 64)}",
            $"{Programs.Good} --config {lab.File("bad.toml")}",
            $"{Programs.Good} --bootstrap 192.0.2.1:99999",
        ];
        foreach (string words in wrong)
        {
            Report report = (await Script.OnAsync(lab, "m", "install", words)).Expect(6);
            Assert.Equal("failed", report.Steps[^1].State);
            await lab.SucceedOnAsync("m", "test ! -e /usr/bin/dna -a ! -e /etc/dna -a ! -e /var/lib/dna-deploy && ! getent passwd dna");
        }

        Report config = await Script.OnAsync(lab, "m", "install", $"{Programs.Good} --config {lab.File("bad.toml")}");
        Assert.Contains("2:1: network.prot: there is no such key", config.Find(Machine, "config").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_start_is_taken_back_and_the_old_one_serves_its_values()
    {
        await using Lab lab = await Lab.StartAsync("m");
        // The first one has nothing to go back to, and says so.
        string dying = await Programs.DyingAsync(lab);
        Report first = (await Script.OnAsync(lab, "m", "install", dying)).Expect(5);
        Assert.Equal("failed", first.Find(Machine, "rollback").State);

        (await Script.OnAsync(lab, "m", "install", $"{Programs.Good} --port 4321")).Expect(0);
        await lab.SucceedOnAsync("m", "grep -q '^port = 4000' /etc/dna/dna.toml && dna put kept value --type 7d");
        Report report = (await Script.OnAsync(lab, "m", "install", dying)).Expect(4);
        Assert.Equal("ok", report.Find(Machine, "rollback").State);
        Assert.Contains("text=\"value\"", (await lab.SucceedOnAsync("m", "dna get kept")).Replace("data=", "text=", StringComparison.Ordinal), StringComparison.Ordinal);
        (await Script.OnAsync(lab, "m", "verify")).Expect(0);

        // Another configuration counts as a change too.
        await File.WriteAllTextAsync(lab.File("other.toml"), "[network]\nport = 4555\n[http]\nlisten = [\"127.0.0.1:9105\"]\n");
        (await Script.OnAsync(lab, "m", "install", $"{Programs.Good} --config {lab.File("other.toml")}")).Expect(0);
        (await Script.OnAsync(lab, "m", "verify")).Expect(0);
        Assert.Contains("127.0.0.1:4555", (await lab.SucceedOnAsync("m", "dna ping 127.0.0.1:4555 && echo 127.0.0.1:4555")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_node_that_reaches_nobody_serves_and_says_that_it_is_not_ready()
    {
        await using Lab lab = await Lab.StartAsync("m");
        Report report = (await Script.OnAsync(lab, "m", "install", $"{Programs.Good} --bootstrap 127.0.0.9 --wait 3")).Expect(1);
        Assert.Contains("contacts failing", report.Text, StringComparison.Ordinal);
        Report verified = (await Script.OnAsync(lab, "m", "verify", "--patience 3")).Expect(1);
        Assert.Equal("failed", verified.Find(Machine, "health").State);
        // A better program need not mend what is not its fault.
        string better = await Programs.BetterAsync(lab);
        (await Script.OnAsync(lab, "m", "install", $"{better} --wait 3")).Expect(1);
        Assert.Equal(await lab.SucceedOnAsync("m", $"sha256sum < {better}"), await lab.SucceedOnAsync("m", "sha256sum < /usr/bin/dna"));
    }
}
