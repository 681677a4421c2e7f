using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>The native binary and its configuration: file, environment and flags, what it refuses, and what it takes while it runs.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ConfigurationTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestDirectory _directory = new();

    private string Config => _directory.File("dna.toml");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Check_says_everything_that_is_wrong_with_line_and_column_and_ends_with_7()
    {
        await File.WriteAllTextAsync(Config, "[network]\nprot = 4000\nport = \"x\"\nbootstrap = [\"good.example\", \"256.1.1.1\"]\n[store]\nmemory = = 5\n");
        CommandResult result = await DnaCommand.RunAsync("check", "--config", Config);
        Assert.Equal(7, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(5, result.Errors.Count);
        Assert.Equal($"{Config}:2:1: network.prot: there is no such key; did you mean network.port?", result.Errors[0]);
        Assert.StartsWith($"{Config}:3:8: network.port: expected a port from 0 to 65535", result.Errors[1], StringComparison.Ordinal);
        Assert.StartsWith($"{Config}:4:30: network.bootstrap: '256.1.1.1' is not", result.Errors[2], StringComparison.Ordinal);
        Assert.StartsWith($"{Config}:6:10: this is no TOML", result.Errors[3], StringComparison.Ordinal);

        CommandResult json = await DnaCommand.RunAsync("check", "--json", "--config", Config);
        Assert.Equal(7, json.ExitCode);
        JsonElement answer = JsonDocument.Parse(json.Text).RootElement;
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal([2, 3, 4, 6], answer.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("line").GetInt32()));
        Assert.Equal("network.port", answer.GetProperty("problems")[0].GetProperty("suggestion").GetString());
    }

    [Fact]
    public async Task A_node_does_not_start_with_a_configuration_that_is_wrong()
    {
        await File.WriteAllTextAsync(Config, "[log]\nlevel = \"loud\"\n");
        CommandResult result = await DnaCommand.RunAsync("run", "--bind", "127.0.0.1", "--port", "0", "--data", _directory.File("state"), "--config", Config);
        Assert.Equal(7, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"{Config}:2:9: log.level", Assert.Single(result.Errors), StringComparison.Ordinal);
        Assert.Equal(7, (await DnaCommand.RunAsync("run", "--config", _directory.File("none.toml"))).ExitCode);
        Assert.False(Directory.Exists(_directory.File("state")));
    }

    [Fact]
    public async Task The_sample_and_what_config_shows_are_right_configurations()
    {
        await File.WriteAllLinesAsync(Config, (await DnaCommand.SucceedAsync("config", "--sample")).Output);
        await DnaCommand.SucceedAsync("check", "--config", Config);
        await File.WriteAllLinesAsync(Config, (await DnaCommand.SucceedAsync("config", "--config", Config, "--port", "4711", "-b", "a.example")).Output);
        await DnaCommand.SucceedAsync("check", "--config", Config);
        JsonElement shown = JsonDocument.Parse((await DnaCommand.SucceedAsync("config", "--effective", "--json", "--config", Config)).Text).RootElement;
        Assert.Equal(4711, shown.GetProperty("network.port").GetProperty("value").GetInt32());
        Assert.Equal("file", shown.GetProperty("network.port").GetProperty("source").GetString());
        Assert.Equal("a.example", shown.GetProperty("network.bootstrap").GetProperty("value")[0].GetString());
        Assert.Equal(64L << 20, shown.GetProperty("store.memory").GetProperty("value").GetInt64());
    }

    [Fact]
    public async Task The_environment_counts_over_the_file_and_a_flag_over_both()
    {
        await File.WriteAllTextAsync(Config, "[log]\nlevel = \"error\"\nformat = \"text\"\n[network]\nid = 9\n");
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions
        {
            Network = 7,
            Prefix = ["/usr/bin/env", "DNA_CONFIG=" + Config, "DNA_LOG_LEVEL=info", "DNA_LOG_FORMAT=json", "DNA_NETWORK_ID=8"],
        });
        (int _, string line) = Assert.NotNull(await node.Errors.WaitAsync(0, line => line.Contains("\"Serving\"", StringComparison.Ordinal), Patience));
        Assert.Equal("info", JsonDocument.Parse(line).RootElement.GetProperty("level").GetString());
        Assert.Equal(7, (await node.StatusAsync()).GetProperty("network").GetInt32());
    }

    [Fact]
    public async Task On_SIGHUP_live_settings_change_others_wait_and_a_broken_file_changes_nothing()
    {
        await File.WriteAllTextAsync(Config, "");
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { More = ["--config", Config] });
        string at = node.Address.ToString();

        await ReloadAsync(node, "[limits]\nblocked = [\"127.0.0.0/8\"]\n[network]\nid = 5\n", "changed limits.blocked");
        await ExpectAsync(node, "network.id will change at the next start only");
        Assert.Equal(5, (await DnaCommand.RunAsync("ping", at)).ExitCode);
        Assert.True((await node.StatusAsync()).GetProperty("counters").GetProperty("drop_blocked").GetInt64() > 0);

        await ReloadAsync(node, "[limits]\nblocked = [\n  \"10.0.0.0/8\",\n  \"127.0.0.0\\8\",\n]\n", $"{Config}:4:14: this is no TOML");
        await ReloadAsync(node, "[limits]\nblocked = [\n  \"10.0.0.0/8\",\n  \"127.0.0.0/33\",\n]\n", $"{Config}:4:3: limits.blocked");
        Assert.Equal(5, (await DnaCommand.RunAsync("ping", at)).ExitCode);

        await ReloadAsync(node, "log.level = \"debug\"\nlog.statistics_interval = 1\n", "changed limits.blocked, log.level, log.statistics_interval");
        Assert.Equal(0, (await DnaCommand.RunAsync("ping", at)).ExitCode);
        await ExpectAsync(node, "Statistics:");
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task A_bootstrap_node_that_is_added_on_SIGHUP_is_joined()
    {
        await using DnaProcess first = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("put", "kept", "by the first", "--type", "7d", "-b", first.Address.ToString());
        await File.WriteAllTextAsync(Config, "");
        await using DnaProcess second = await DnaProcess.StartAsync(new DnaOptions { More = ["--config", Config] });
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "kept", "-b", second.Address.ToString())).ExitCode);
        await ReloadAsync(second, $"network.bootstrap = [\"{first.Address}\"]\n", "changed network.bootstrap");
        DateTime end = DateTime.UtcNow + Patience;
        int code;
        do code = (await DnaCommand.RunAsync("get", "kept", "-b", second.Address.ToString())).ExitCode;
        while (code != 0 && DateTime.UtcNow < end);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Many_SIGHUPs_do_not_end_it_also_while_it_leaves()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { More = ["--config", "/dev/null"] });
        using var hangups = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"i=0; while [ $i -lt 20000 ] && kill -HUP {node.ProcessId} 2>/dev/null; do i=$((i + 1)); done"]);
        await ExpectAsync(node, "nothing changed");
        Assert.Equal(0, (await DnaCommand.RunAsync("ping", node.Address.ToString())).ExitCode);
        Assert.Equal(0, await node.StopAsync());
        await hangups.WaitForExitAsync();
    }

    [Fact]
    public async Task A_terminal_that_is_closed_ends_a_node_that_ran_in_it()
    {
        // Runs the program at a pseudo-terminal, closes that when the node is ready, and says how the node ended.
        const string terminal = """
            import os, pty, signal, sys
            signal.alarm(120)
            pid, screen = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            shown = b""
            while b"ready udp=" not in shown or b"Serving on" not in shown:
                shown += os.read(screen, 4096)
            os.close(screen)
            print("end", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
            """;
        await using ChildProcess person = ChildProcess.Start(
            "/usr/bin/python3", ["-c", terminal, DnaBinary.Path, "run", "--bind", "127.0.0.1", "--port", "0", "--data", _directory.File("state")], "apt-get install python3");
        Assert.Equal(0, await person.WaitForExitAsync(TimeSpan.FromMinutes(3)));
        Assert.Equal("end 0", Assert.Single(person.Output.Since(0)));
    }

    private async Task ReloadAsync(DnaProcess node, string toml, string expected)
    {
        int from = node.Errors.Count;
        await File.WriteAllTextAsync(Config, toml);
        node.Signal("HUP");
        if (await node.Errors.WaitAsync(from, line => line.Contains(expected, StringComparison.Ordinal), Patience) is null)
            Assert.Fail($"no line '{expected}' in\n{node.Errors.Tail()}");
    }

    private static async Task ExpectAsync(DnaProcess node, string text)
    {
        if (await node.Errors.WaitAsync(0, line => line.Contains(text, StringComparison.Ordinal), Patience) is null)
            Assert.Fail($"no line '{text}' in\n{node.Errors.Tail()}");
    }
}
