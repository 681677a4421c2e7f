using Dna.Fast.LoadGen.Cli;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Tests.Kit;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>Each misuse says what happened and what to do, on two lines, and has its exit code.</summary>
public sealed class MisuseTests
{
    [Fact]
    public void A_closed_port_is_named_as_such()
    {
        (int code, string error) = Shell.Run("ping", $"127.0.0.1:{RealNode.FreePort()}");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("no program has this port open", error, StringComparison.Ordinal);
        Assert.Contains("start the node", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_id_too_many_is_found_out()
    {
        using var node = new TinyNode();
        (int code, string error) = Shell.Run("ping", node.Address.ToString(), "--network", "7", "--timeout", "300ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("it does in network 0", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_network_id_is_suspected()
    {
        using var node = new TinyNode(new Faults { Network = 9 });
        (int code, string error) = Shell.Run("ping", node.Address.ToString(), "--timeout", "50ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("--network", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_right_network_id_is_answered()
    {
        using var node = new TinyNode(new Faults { Network = 9 });
        (int code, _) = Shell.Run("ping", node.Address.ToString(), "--network", "9", "--duration", "200ms", "--warm-up", "0");
        Assert.Equal(ExitCode.Ok, code);
    }

    [Fact]
    public void A_node_without_tokens_cannot_be_put_to()
    {
        using var node = new TinyNode(new Faults { NoToken = true });
        (int code, string error) = Shell.Run("put", node.Address.ToString());
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("without a token", error, StringComparison.Ordinal);
        Assert.Contains("'ping' and 'find' do not need a token", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_answers_fail_the_run()
    {
        // The first get is the look at what was loaded; it is right.
        using var node = new TinyNode(new Faults { CorruptEvery = 5 });
        (int code, string error) = Shell.Run("get", node.Address.ToString(), "--duration", "200ms", "--warm-up", "0", "--keys", "10", "--settle",
            "0");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("answers were wrong", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_became_another_fails_the_run()
    {
        using var node = new TinyNode(new Faults { AnotherIdFrom = 50 });
        (int code, string error) = Shell.Run("ping", node.Address.ToString(), "--duration", "200ms", "--warm-up", "0");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("wrong-node: the node was restarted", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_answers_but_is_no_node_is_named_as_such()
    {
        using var node = new TinyNode(new Faults { Gibberish = true });
        (int code, string error) = Shell.Run("ping", node.Address.ToString(), "--timeout", "100ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("is no OpenDHT node", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_has_no_address()
    {
        (int code, string error) = Shell.Run("ping", "no-such-host.invalid:4222");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("has no address", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_named_as_such()
    {
        using var node = new TinyNode();
        (int code, string error) = Shell.Run("echo", "--port", node.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("another program has this port", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("ping 127.0.0.1:99999")]
    [InlineData("ping 127.0.0.1 --sockets 0")]
    [InlineData("ping 127.0.0.1 --duration soon")]
    [InlineData("ping 127.0.0.1 --duration 0")]
    [InlineData("ping 127.0.0.1 --rate -5")]
    [InlineData("ping 127.0.0.1 --sources 203.0.113.1")]
    [InlineData("ping 127.0.0.1 --sources ::1")]
    [InlineData("get 127.0.0.1 --value-bytes 99999")]
    [InlineData("get 127.0.0.1 --value-type 65536")]
    [InlineData("mixed 127.0.0.1 --mix all")]
    [InlineData("put 127.0.0.1 --signed signed.bin")]
    [InlineData("put 127.0.0.1 --signed signed.bin --rate 10 --again")]
    [InlineData("put 127.0.0.1 --signed signed.bin --rate 10 --value-bytes 4")]
    [InlineData("put 127.0.0.1 --signed signed.bin --rate 10 --owners 0")]
    [InlineData("listen 127.0.0.1 --value-bytes 5000")]
    [InlineData("compare --rival nonsense")]
    [InlineData("scale --rival nonsense")]
    [InlineData("dance 127.0.0.1")]
    public void What_means_nothing_is_a_usage_error(string line)
    {
        (int code, string error) = Shell.Run(line.Split(' '));
        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith("dna-load: ", error, StringComparison.Ordinal);
        Assert.True(error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length >= 2, error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ping ")]
    [InlineData("find ")]
    [InlineData("get ")]
    [InlineData("put ")]
    [InlineData("mixed ")]
    [InlineData("listen ")]
    [InlineData("echo ")]
    [InlineData("compare ")]
    [InlineData("scale ")]
    public void Every_command_has_help_with_examples(string command)
    {
        TextWriter before = Console.Out;
        var help = new StringWriter();
        try
        {
            Console.SetOut(help);
            Assert.Equal(0, RootCommands.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Contains($"  dna-load {command}", help.ToString(), StringComparison.Ordinal);
    }
}
