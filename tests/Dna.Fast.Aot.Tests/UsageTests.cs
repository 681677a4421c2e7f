using System.Net;
using System.Net.Sockets;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>What the program refuses, and by which exit code scripts know it.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("run", "--port", "70000")]
    [InlineData("run", "--bootstrap", "256.1.1.1:4000")]
    [InlineData("run", "--bootstrap", "host:port")]
    [InlineData("run", "--bind", "localhost")]
    [InlineData("run", "--memory", "much")]
    [InlineData("run", "--rate-limit", "0")]
    [InlineData("run", "--log-level", "loud")]
    [InlineData("put", "key")]
    [InlineData("put", "key", "value", "--file", "file")]
    [InlineData("put", "key", "value", "--id", "0")]
    [InlineData("put", "key", "value", "--type", "8d")]
    [InlineData("get", "key", "--where", "size=3")]
    [InlineData("get", "key", "--where", "seq=3")]
    [InlineData("ping")]
    [InlineData("msg", "send")]
    [InlineData("msg", "send", "bob", "hello", "--lines")]
    [InlineData("group", "create")]
    [InlineData("group", "rename", "Friends")]
    [InlineData("wall", "read", "alice", "--skip", "few")]
    [InlineData("wall", "vote", "id", "sideways")]
    [InlineData("name", "register", "a b")]
    [InlineData("profile", "set")]
    [InlineData("profile", "set", "--wallet", "btc=nonsense")]
    [InlineData("contacts", "request", "send")]
    [InlineData("presence", "publish", "--port", "0")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(params string[] arguments)
    {
        CommandResult result = await DnaCommand.RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(result.Errors, line => line.Length > 0);
    }

    [Fact]
    public async Task A_mistyped_option_gets_a_suggestion()
    {
        CommandResult result = await DnaCommand.RunAsync("run", "--botstrap", "x");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(result.Errors, line => line.Contains("--bootstrap", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("listen")]
    [InlineData("ping")]
    [InlineData("status")]
    [InlineData("id")]
    [InlineData("id", "new")]
    [InlineData("id", "show")]
    [InlineData("id", "recover")]
    [InlineData("id", "export")]
    [InlineData("id", "import")]
    [InlineData("id", "passwd")]
    [InlineData("id", "backup")]
    [InlineData("id", "restore")]
    [InlineData("msg")]
    [InlineData("msg", "send")]
    [InlineData("msg", "check")]
    [InlineData("group")]
    [InlineData("group", "create")]
    [InlineData("group", "show")]
    [InlineData("group", "list")]
    [InlineData("group", "send")]
    [InlineData("group", "check")]
    [InlineData("group", "rename")]
    [InlineData("group", "add")]
    [InlineData("group", "remove")]
    [InlineData("group", "rotate")]
    [InlineData("group", "delete")]
    [InlineData("wall")]
    [InlineData("wall", "post")]
    [InlineData("wall", "read")]
    [InlineData("wall", "vote")]
    [InlineData("id", "publish")]
    [InlineData("name")]
    [InlineData("name", "register")]
    [InlineData("name", "renew")]
    [InlineData("name", "lookup")]
    [InlineData("name", "reverse")]
    [InlineData("name", "resolve")]
    [InlineData("profile")]
    [InlineData("profile", "show")]
    [InlineData("profile", "set")]
    [InlineData("contacts")]
    [InlineData("contacts", "add")]
    [InlineData("contacts", "remove")]
    [InlineData("contacts", "list")]
    [InlineData("contacts", "pull")]
    [InlineData("contacts", "push")]
    [InlineData("contacts", "request")]
    [InlineData("contacts", "request", "send")]
    [InlineData("contacts", "request", "list")]
    [InlineData("contacts", "request", "accept")]
    [InlineData("contacts", "request", "decline")]
    [InlineData("presence")]
    [InlineData("presence", "publish")]
    [InlineData("presence", "show")]
    [InlineData("cache")]
    [InlineData("cache", "stats")]
    [InlineData("cache", "clear")]
    public async Task Every_command_has_help_with_examples(params string[] command)
    {
        CommandResult result = await DnaCommand.SucceedAsync([.. command, "--help"]);
        Assert.Contains("Examples:", result.Output);
        Assert.Contains(result.Output, line => line.StartsWith("  dna " + string.Join(' ', command), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_over_the_limit_is_refused_before_anything_is_sent()
    {
        using var directory = new TestDirectory();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await File.WriteAllBytesAsync(directory.File("large"), new byte[65_536]);
        CommandResult result = await DnaCommand.RunAsync("put", "key", "--file", directory.File("large"), "-b", listener.LocalEndPoint!.ToString()!);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.Errors, line => line.Contains("65568", StringComparison.Ordinal));
        Assert.Equal(0, listener.Available);
    }

    [Fact]
    public async Task A_silent_network_ends_with_5()
    {
        // Bound and never read: whoever asks here gets no answer, not even a refusal.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = silent.LocalEndPoint!.ToString()!;
        Task<CommandResult>[] commands =
        [
            DnaCommand.RunAsync("put", "key", "value", "-b", address),
            DnaCommand.RunAsync("get", "key", "-b", address),
            DnaCommand.RunAsync("listen", "key", "-b", address),
            DnaCommand.RunAsync("ping", address),
        ];
        foreach (CommandResult result in await Task.WhenAll(commands)) Assert.Equal(5, result.ExitCode);
    }

    [Fact]
    public async Task Status_of_a_directory_without_a_node_ends_with_1()
    {
        using var directory = new TestDirectory();
        CommandResult result = await DnaCommand.RunAsync("status", "--data", directory.FullName);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(result.Errors, line => line.Contains("no node", StringComparison.Ordinal));
    }
}
