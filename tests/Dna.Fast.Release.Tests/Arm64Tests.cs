using System.Globalization;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The program for arm64, by an emulator of the processor, among nodes of this one.</summary>
public sealed class Arm64Tests
{
    [Fact]
    public async Task A_node_answers_a_stock_node_and_keeps_what_it_puts()
    {
        using var directory = new TestDirectory();
        await using ReleasedNode node = await ReleasedNode.StartAsync(
            "qemu-aarch64-static", Released.Program("linux-arm64"), "run", "--bind", "127.0.0.1", "--port", "0", "--data", directory.FullName);
        string at = $"127.0.0.1:{node.Port}";
        await Tool.SucceedAsync(Released.Program(), "ping", at);

        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new DhtNodeOptions { Bootstrap = at });
        const string Key = "0123456789abcdef0123456789abcdef01234567";
        await Bounded.UntilAsync(async () => (await stock.PutAsync(Key, "hello")).Done, TimeSpan.FromSeconds(120), "a put of the stock node acknowledged");
        Assert.NotEmpty(await stock.GetAsync(Key));

        // The stock node has its own copy; what the arm64 node has of it, a third one is told.
        Ended got = await Tool.SucceedAsync(Released.Program(), "get", Key, "-b", at);
        Assert.Contains("size=", got.Text, StringComparison.Ordinal);
        await Tool.SucceedAsync(Released.Program(), "put", "greeting", "hello", "--type", "7d", "-b", at);
        Assert.Equal(0, await node.StopAsync());

        // And the disk of the one is the disk of the other: the same store is read by the program for x64.
        await using ReleasedNode again = await ReleasedNode.StartAsync(Released.Program(), "run", "--bind", "127.0.0.1", "--port", "0", "--data", directory.FullName);
        Ended kept = await Tool.SucceedAsync(Released.Program(), "get", "greeting", "-b", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{again.Port}"));
        Assert.Contains("hello", kept.Text, StringComparison.Ordinal);
    }
}
