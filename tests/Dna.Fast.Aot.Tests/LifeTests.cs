using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>Starting, ending and starting again.</summary>
public sealed class LifeTests
{
    /// <summary>What the program promises for its end; the tests allow no more.</summary>
    private static readonly TimeSpan EndPromised = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Pain_40_a_signal_ends_it_with_0_in_time_and_its_values_stay(string signal)
    {
        using var directory = new TestDirectory();
        var options = new DnaOptions { Data = directory.File("state") };
        Wire.InfoHash id;
        await using (DnaProcess node = await DnaProcess.StartAsync(options))
        {
            id = node.Id;
            Assert.Equal(0, node.Values);
            await DnaCommand.SucceedAsync("put", "key", "value", "--type", "7d", "-b", node.Address.ToString());
            await DnaCommand.SucceedAsync("put", "key", "short lived", "-b", node.Address.ToString());
            Task<int?> stop = node.StopAsync(signal);
            Assert.Equal(0, await stop.WaitAsync(EndPromised));
        }

        await using DnaProcess again = await DnaProcess.StartAsync(options);
        Assert.Equal(id, again.Id);
        Assert.Equal(2, again.Values);
        CommandResult get = await DnaCommand.SucceedAsync("get", "key", "-b", again.Address.ToString());
        Assert.Equal(2, get.Output.Count);
    }

    [Fact]
    public async Task A_signal_sent_many_times_does_not_cut_the_end_short()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        // Again and again until it is gone: also while it leaves.
        using var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"i=0; while [ $i -lt 20000 ] && kill -TERM {node.ProcessId} 2>/dev/null; do i=$((i + 1)); done"]);
        Assert.NotNull(await node.Errors.WaitAsync(0, line => line.Contains("Stopped after", StringComparison.Ordinal), EndPromised));
        Assert.Equal(0, await node.WaitForExitAsync());
        await kill.WaitForExitAsync();
    }

    [Fact]
    public async Task A_node_that_has_verified_nothing_has_not_loaded_OpenSSL()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("put", "key", "value", "-b", node.Address.ToString());
        string maps = await File.ReadAllTextAsync($"/proc/{node.ProcessId}/maps");
        Assert.Contains("libc.so", maps);
        Assert.DoesNotContain("libcrypto", maps);
    }

    [Fact]
    public async Task The_address_of_another_program_ends_it_with_3()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        using var directory = new TestDirectory();
        CommandResult second = await DnaCommand.RunAsync(
            "run", "--bind", "127.0.0.1", "--port", node.Address.Port.ToString(), "--data", directory.File("state"));
        Assert.Equal(3, second.ExitCode);
        Assert.Empty(second.Output);
        Assert.Contains(second.Errors, line => line.Contains(node.Address.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_directory_of_another_node_ends_it_with_4_and_leaves_that_node_alone()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        CommandResult second = await DnaCommand.RunAsync("run", "--bind", "127.0.0.1", "--port", "0", "--data", node.Data);
        Assert.Equal(4, second.ExitCode);
        Assert.Empty(second.Output);
        Assert.Contains(second.Errors, line => line.Length > 0);
        Assert.Equal(node.Id.ToString(), (await node.StatusAsync()).GetProperty("id").GetString());
        Assert.Equal(0, (await DnaCommand.RunAsync("ping", node.Address.ToString())).ExitCode);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_ends_it_with_4()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory.File("file"), "no directory");
        CommandResult result = await DnaCommand.RunAsync("run", "--bind", "127.0.0.1", "--port", "0", "--data", directory.File("file"));
        Assert.Equal(4, result.ExitCode);
    }

    [Fact]
    public async Task A_damaged_id_is_set_aside_and_damaged_nodes_are_left_out()
    {
        using var directory = new TestDirectory();
        string data = directory.File("state");
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "node.id"), "half an i");
        await File.WriteAllTextAsync(Path.Combine(data, "nodes"), "\0\0\0 rubbish\nnot a node at all\n");
        Wire.InfoHash id;
        await using (DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data })) id = node.Id;
        Assert.True(File.Exists(Path.Combine(data, "node.id.damaged")));
        await using DnaProcess again = await DnaProcess.StartAsync(new DnaOptions { Data = data });
        Assert.Equal(id, again.Id);
    }

    [Fact]
    public async Task Good_nodes_are_kept_and_joined_again_without_a_bootstrap()
    {
        using var directory = new TestDirectory();
        string data = directory.File("state");
        await using DnaProcess first = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("put", "kept", "by the first", "--type", "7d", "-b", first.Address.ToString());
        await using (DnaProcess second = await DnaProcess.StartAsync(new DnaOptions { Data = data, Bootstrap = [first.Address.ToString()] }))
        {
            // A get through it proves that it joined.
            await DnaCommand.SucceedAsync("get", "kept", "-b", second.Address.ToString());
            Assert.Equal(0, await second.StopAsync());
        }

        Assert.Contains(first.Id.ToString(), await File.ReadAllTextAsync(Path.Combine(data, "nodes")), StringComparison.Ordinal);
        await using DnaProcess again = await DnaProcess.StartAsync(new DnaOptions { Data = data });
        await DnaCommand.SucceedAsync("get", "kept", "-b", again.Address.ToString());
    }

    [Fact]
    public async Task Names_that_do_not_resolve_do_not_keep_it_from_serving()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Bootstrap = ["no-such-host.invalid"] });
        Assert.Equal(0, (await DnaCommand.RunAsync("ping", node.Address.ToString())).ExitCode);
        Assert.Equal(0, await node.StopAsync());
    }
}
