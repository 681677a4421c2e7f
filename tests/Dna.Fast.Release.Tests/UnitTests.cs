using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The unit: how much it leaves open, and that a node does its work with what it leaves.</summary>
/// <remarks>No test needs a running systemd: its restrictions are put in place by <c>Unit/under_unit.py</c>, from the unit's own lines.</remarks>
public sealed class UnitTests(UnpackedDeb deb) : IClassFixture<UnpackedDeb>
{
    private static readonly string Restrictions = Path.Combine(Repository.Root, "tests", "Dna.Fast.Release.Tests", "Unit", "under_unit.py");

    private string Unit => deb.File("usr/lib/systemd/system/dna.service");

    [Fact]
    public async Task Its_exposure_is_at_most_1_2() => await Tool.SucceedAsync("systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager", Unit);

    [Fact]
    public async Task Systemd_understands_every_line()
    {
        Ended ended = await Tool.RunAsync("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", Unit);
        // The program it starts is not installed on this machine.
        Assert.DoesNotContain(ended.Errors, line => line.Contains("dna.service", StringComparison.Ordinal) && !line.Contains("/usr/bin/dna is not executable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_serves_keeps_values_and_stops_under_its_restrictions()
    {
        using var directory = new TestDirectory();
        await using ReleasedNode node = await ReleasedNode.StartAsync(Under(directory, Released.Program(), "run", "--bind", "127.0.0.1", "--port", "0", "--http", "127.0.0.1:0"));
        string at = $"127.0.0.1:{node.Port}";
        await Tool.SucceedAsync(Released.Program(), "put", "greeting", "hello", "--type", "7d", "-b", at);
        Assert.Contains("hello", (await Tool.SucceedAsync(Released.Program(), "get", "greeting", "-b", at)).Text, StringComparison.Ordinal);
        await Tool.SucceedAsync(Released.Program(), "healthcheck", "--data", Path.Combine(directory.FullName, "state", "dna"));
        // The signal goes to the node, as systemd's does; above it stands what put it into its namespaces.
        foreach (int id in Children(node.Process.Id)) await Tool.SucceedAsync("kill", "-TERM", $"{id}");
        Assert.Equal(0, await node.Process.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(node.Process.Errors.Since(0), line => line.Contains("Stopped after", StringComparison.Ordinal));
    }

    /// <summary>A harness that forbids nothing would let every node pass.</summary>
    [Theory]
    [InlineData("import mmap; mmap.mmap(-1, 4096, prot=7)", "PermissionError")]
    [InlineData("import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "PermissionError")]
    [InlineData("open('/usr/bin/dna-was-here', 'w')", "Read-only file system")]
    [InlineData("open('/proc/meminfo')", "FileNotFoundError")]
    [InlineData("import os; os.setuid(0)", "PermissionError")]
    [InlineData("import os; os.chroot('/')", "PermissionError")]
    public async Task Its_restrictions_refuse_what_no_node_does(string python, string problem)
    {
        using var directory = new TestDirectory();
        Ended ended = await Tool.RunAsync(Under(directory, "/usr/bin/python3", "-c", python));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(problem, ended.Errors[^1], StringComparison.Ordinal);
    }

    private string[] Under(TestDirectory directory, params string[] command)
    {
        File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        string state = directory.File("state/dna");
        Directory.CreateDirectory(state);
        return ["unshare", "--mount", "--pid", "--fork", "--ipc", "--kill-child", "/usr/bin/python3", Restrictions, Unit, state, .. command];
    }

    private static int[] Children(int parent) =>
        [.. File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
