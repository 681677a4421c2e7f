using System.Net;
using System.Net.Sockets;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>What the program refuses, and by which exit code scripts know it.</summary>
public sealed class UsageTests
{
    public static TheoryData<string> Commands { get; } =
    [
        "run", "check", "config", "put", "get", "listen", "ping", "status",
        "id", "id new", "id show", "id recover", "id export", "id import", "id passwd", "id backup", "id restore", "id publish",
        "msg", "msg send", "msg check", "msg watch",
        "group", "group create", "group show", "group list", "group send", "group check", "group rename", "group add", "group remove", "group rotate", "group delete",
        "wall", "wall post", "wall read", "wall vote",
        "name", "name register", "name renew", "name lookup", "name reverse", "name resolve",
        "profile", "profile show", "profile set",
        "contacts", "contacts add", "contacts remove", "contacts list", "contacts pull", "contacts push",
        "contacts request", "contacts request send", "contacts request list", "contacts request accept", "contacts request decline",
        "presence", "presence publish", "presence show",
        "cache", "cache stats", "cache clear",
        "healthcheck", "top", "table", "store", "store stats",
    ];

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
    [InlineData("healthcheck", "ftp://127.0.0.1")]
    [InlineData("top", "--interval", "0")]
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
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_examples(string command)
    {
        CommandResult result = await DnaCommand.SucceedAsync([.. command.Split(' '), "--help"]);
        Assert.Contains("Examples:", result.Output);
        Assert.Contains(result.Output, line => line.StartsWith("  dna " + command, StringComparison.Ordinal));
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
