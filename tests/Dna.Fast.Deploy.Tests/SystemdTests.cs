using Dna.Fast.Deploy.Tests.Kit;

namespace Dna.Fast.Deploy.Tests;

/// <summary>The package under a real systemd, in namespaces: the other tests of this project have a service manager of 50 lines in its place.</summary>
public sealed class SystemdTests
{
    private const string Process = "systemctl show --property=MainPID --value dna";

    /// <remarks>Where no systemd starts in namespaces there is nothing to ask: what the unit says is then looked at line by line, and tried without systemd, by the tests of the release.</remarks>
    [Fact]
    public async Task A_package_is_started_watched_reloaded_restarted_upgraded_and_taken_away()
    {
        await using Lab? lab = await Lab.BootAsync("m");
        if (lab is null) return;
        string package = await Package.BuildAsync(lab, "1.0.0");
        Report installed = Script.Read(await lab.OnAsync("m", $"{Script.PathOf("install")} --json {package}")).Expect(0);
        Assert.Equal("changed", installed.Find("localhost", "service").State);
        Script.Read(await lab.OnAsync("m", $"{Script.PathOf("verify")} --json")).Expect(0);
        Assert.Equal(
            "Type=notify\nUser=dna\nActiveState=active\nUnitFileState=enabled",
            await lab.SucceedOnAsync("m", "systemctl show --property=Type --property=User --property=ActiveState --property=UnitFileState dna"));
        Assert.StartsWith("ready", await lab.SucceedOnAsync("m", "systemctl show --property=StatusText --value dna"), StringComparison.Ordinal);

        string process = await lab.SucceedOnAsync("m", Process);
        await lab.SucceedOnAsync("m", "dna put kept value --type 7d && systemctl reload dna");
        Report again = Script.Read(await lab.OnAsync("m", $"{Script.PathOf("install")} --json {package}")).Expect(0);
        Assert.Equal("nothing to do", again.Text);
        Assert.Equal(process, await lab.SucceedOnAsync("m", Process));

        // A power cut for one process: it is back by itself, and so are its values.
        await lab.SucceedOnAsync("m", $"kill -KILL {process}");
        process = await OtherProcessAsync(lab, process);
        Assert.Contains("value", await lab.SucceedOnAsync("m", "dna get kept"), StringComparison.Ordinal);

        // As apt does it, without our scripts: the running node gets the new program.
        string newer = await Package.AnotherAsync(lab, package, "1.0.1");
        await lab.SucceedOnAsync("m", $"dpkg --install --force-confold {newer} >&2 </dev/null");
        await OtherProcessAsync(lab, process);
        Script.Read(await lab.OnAsync("m", $"{Script.PathOf("verify")} --json")).Expect(0);
        Assert.Contains("value", await lab.SucceedOnAsync("m", "dna get kept"), StringComparison.Ordinal);

        Assert.Equal("success", await lab.SucceedOnAsync("m", "systemctl stop dna && systemctl show --property=Result --value dna"));
        await lab.SucceedOnAsync("m", "systemctl start dna && dpkg --purge dna >&2");
        await lab.SucceedOnAsync("m", "test ! -e /var/lib/dna -a ! -e /var/lib/dna-deploy -a ! -e /etc/dna && ! systemctl is-active --quiet dna && ! getent passwd dna");
    }

    /// <summary>Waits until another process than that one serves.</summary>
    private static Task<string> OtherProcessAsync(Lab lab, string process) => lab.SucceedOnAsync(
        "m", $"for i in $(seq 600); do p=$({Process}); if [ $p != 0 ] && [ $p != {process} ] && systemctl is-active --quiet dna; then echo $p; exit; fi; sleep 0.1; done; exit 1");
}
