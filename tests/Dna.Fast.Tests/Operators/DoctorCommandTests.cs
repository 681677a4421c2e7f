using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Tests.Operators;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_machine_that_is_ready_for_a_node_is_well()
    {
        using var peer = new LoopbackNode(null);
        CommandRun run = await ExamineAsync("--bootstrap", peer.Address.ToString());
        Assert.True(run.Code == ExitCode.Ok, run.ToString());
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        Assert.False(run.Json.GetProperty("running").GetBoolean());
        Assert.All(["configuration", "ports", "peers", "permissions", "reachability"], name => Assert.Equal("ok", StateOf(run, name)));
        Assert.Contains("127.0.0.1", ReasonOf(run, "reachability"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_of_another_program_is_told()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        CommandRun run = await CommandRun.OfAsync(
            "doctor", "--data", _folder.FullName, "--bind", "127.0.0.1", "--port", $"{((IPEndPoint)other.LocalEndPoint!).Port}", "--config", await EmptyConfigAsync(), "--json");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("failing", StateOf(run, "ports"));
        Assert.Contains("ss -lunp", Finding(run, "ports").GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_that_are_gone_are_told_with_what_to_do()
    {
        string gone;
        using (var leaves = new LoopbackNode(null)) gone = leaves.Address.ToString();
        CommandRun run = await ExamineAsync("--bootstrap", gone, "--timeout", "1");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("failing", StateOf(run, "peers"));
        Assert.Contains(gone, ReasonOf(run, "peers"), StringComparison.Ordinal);
        Assert.Contains("dna ping", Finding(run, "peers").GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_is_told_with_its_place()
    {
        string config = _folder.File("wrong.toml");
        await File.WriteAllTextAsync(config, "[network]\nport = 70000\n", TestContext.Current.CancellationToken);
        CommandRun run = await CommandRun.OfAsync("doctor", "--data", _folder.FullName, "--bind", "127.0.0.1", "--config", config, "--json");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("wrong.toml:2:", ReasonOf(run, "configuration"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_others_can_read_are_a_warning()
    {
        if (OperatingSystem.IsWindows()) return;
        string file = _folder.File("node.id");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        CommandRun run = await ExamineAsync();
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Equal("warning", StateOf(run, "permissions"));
        Assert.Contains("chmod", Finding(run, "permissions").GetProperty("fix").GetString(), StringComparison.Ordinal);
        Assert.Equal("warning", StateOf(run, "peers"));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_fails_and_one_that_can_is_left_to_the_node()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "", TestContext.Current.CancellationToken);
        string[] rest = ["--bind", "127.0.0.1", "--port", "0", "--config", await EmptyConfigAsync(), "--json"];
        CommandRun bad = await CommandRun.OfAsync(["doctor", "--data", _folder.File("file"), .. rest]);
        Assert.Equal("failing", StateOf(bad, "directory"));
        CommandRun good = await CommandRun.OfAsync(["doctor", "--data", _folder.File("a/b"), .. rest]);
        Assert.Equal("ok", StateOf(good, "directory"));
        Assert.False(Directory.Exists(_folder.File("a")));
    }

    private async Task<CommandRun> ExamineAsync(params string[] more) => await CommandRun.OfAsync(
        ["doctor", "--data", _folder.FullName, "--bind", "127.0.0.1", "--port", "0", "--config", await EmptyConfigAsync(), "--json", .. more]);

    // Whatever the machine of the test has in /etc is none of its business.
    private async Task<string> EmptyConfigAsync()
    {
        string file = _folder.File("empty.toml");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return file;
    }

    private static JsonElement Finding(CommandRun run, string name) => run.Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);

    private static string? StateOf(CommandRun run, string name) => Finding(run, name).GetProperty("state").GetString();

    private static string ReasonOf(CommandRun run, string name) => Finding(run, name).GetProperty("reason").GetString()!;
}
