using System.Security.Cryptography;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Our commands with a stock node as the only server (wire specification, section 11, items 1, 10 to 12 and 29).</summary>
public sealed class DnaCommandTests
{
    [Fact]
    public async Task Ping_finds_a_stock_node_and_nobody_on_an_empty_port()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        CommandResult pong = await DnaCommand.SucceedAsync("ping", stock.Address.ToString());
        Assert.Contains(stock.Id.ToString(), pong.Text);
        await using Probe mute = new();
        Assert.NotEqual(0, (await DnaCommand.RunAsync("ping", mute.Local.ToString())).ExitCode);
    }

    [Fact]
    public async Task Put_is_stored_by_a_stock_node_and_shown_by_another()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        CommandResult put = await DnaCommand.SucceedAsync("put", "word", "hello", "--user-type", "text/plain", "-b", stock.Address.ToString());
        Assert.Contains("1", put.Text);
        Assert.Equal(1, (await stock.StorageAsync(InfoHash.OfKey("word"))).Values);
        await using DhtNodeProcess other = await DhtNodeProcess.StartAsync(new() { Bootstrap = stock.Address.ToString() });
        Assert.Contains("data(text/plain):\"hello\"", Assert.Single(await other.GetAsync("word")));
    }

    [Fact]
    public async Task Get_shows_what_a_stock_node_has_and_says_when_there_is_nothing()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        await using DhtNodeProcess other = await DhtNodeProcess.StartAsync(new() { Bootstrap = stock.Address.ToString() });
        Assert.True((await other.PutAsync("word", "hello")).Done);
        Assert.Contains("hello", (await DnaCommand.SucceedAsync("get", "word", "-b", stock.Address.ToString())).Text);
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "nothing", "-b", stock.Address.ToString())).ExitCode);
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "word", "--where", "value_type=3", "-b", stock.Address.ToString())).ExitCode);
        await using Probe mute = new();
        Assert.Equal(5, (await DnaCommand.RunAsync("get", "word", "--timeout", "10", "-b", mute.Local.ToString())).ExitCode);
        Assert.Equal(5, (await DnaCommand.RunAsync("get", "word", "--timeout", "2", "-b", mute.Local.ToString())).ExitCode);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(65_500)]
    public async Task Big_values_travel_both_ways_in_fragments(int bytes)
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        using TestDirectory directory = new();
        string file = directory.File("value");
        byte[] data = RandomNumberGenerator.GetBytes(bytes);
        await File.WriteAllBytesAsync(file, data, TestContext.Current.CancellationToken);
        await DnaCommand.SucceedAsync("put", "big", "--file", file, "-b", stock.Address.ToString());
        InfoHash key = InfoHash.OfKey("big");
        Assert.Equal(1, (await stock.StorageAsync(key)).Values);
        await using Probe probe = new();
        Assert.Equal(data, Assert.Single(await probe.GetAsync(stock.Address, key)).Data);
        CommandResult got = await DnaCommand.SucceedAsync("get", "big", "--json", "-b", stock.Address.ToString());
        Assert.Contains(Convert.ToBase64String(data), got.Text);
    }

    [Fact]
    public async Task A_value_over_the_limit_is_refused_before_anything_is_sent()
    {
        await using Probe probe = new() { IsAlive = true };
        using TestDirectory directory = new();
        string file = directory.File("value");
        await File.WriteAllBytesAsync(file, new byte[65_600], TestContext.Current.CancellationToken);
        CommandResult result = await DnaCommand.RunAsync("put", "big", "--file", file, "-b", probe.Local.ToString());
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("65568", string.Join('\n', result.Errors).Replace(",", "", StringComparison.Ordinal));
        Assert.Equal(0, probe.Count);
    }

    [Fact]
    public async Task A_put_nobody_acknowledges_fails()
    {
        // It answers ping, find and get, and no put.
        await using Probe deaf = new() { IsAlive = true };
        CommandResult result = await DnaCommand.RunAsync("put", "word", "hello", "-b", deaf.Local.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(deaf.Since(0), packet => packet.Query == "put");
    }

    [Fact]
    public async Task Listen_hears_what_is_put_on_a_stock_node_and_its_expiry()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        await using Probe probe = new();
        InfoHash key = InfoHash.OfKey("heard");
        await probe.PutAsync(stock.Address, key, TestValue.Of("before"));
        await using ChildProcess listen = DnaBinary.Start(["listen", "heard", "-b", stock.Address.ToString()]);
        await ExpectAsync(listen, 0, "before", TimeSpan.FromSeconds(60));
        await probe.PutAsync(stock.Address, key, TestValue.Of("after"));
        await ExpectAsync(listen, 0, "after", TimeSpan.FromSeconds(60));

        TestValue brief = TestValue.Of("brief", type: 5);
        await probe.PutAsync(stock.Address, key, brief, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 55);
        int seen = await ExpectAsync(listen, 0, "brief", TimeSpan.FromSeconds(60));
        await ExpectAsync(listen, seen + 1, $"{brief.Id:x}", TimeSpan.FromSeconds(30));
        listen.Signal("INT");
        Assert.Equal(0, await listen.WaitForExitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task All_of_it_works_over_IPv6()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        string at = stock.Address6.ToString();
        Assert.Contains(stock.Id.ToString(), (await DnaCommand.SucceedAsync("ping", at)).Text);
        await DnaCommand.SucceedAsync("put", "word6", "hello6", "-b", at);
        Assert.Equal(1, (await stock.StorageAsync(InfoHash.OfKey("word6"))).Values);
        Assert.Contains("hello6", (await DnaCommand.SucceedAsync("get", "word6", "-b", at)).Text);
    }

    [Fact]
    public async Task A_node_of_ours_never_puts_an_ownerless_value_over_a_signed_one()
    {
        // What a stock node would die of (pitfall 10) must not leave us, whatever the user says.
        await using Probe stock = new();
        await using DnaProcess node = await DnaProcess.StartAsync();
        using RSA owner = RSA.Create(2048);
        InfoHash key = InfoHash.OfKey("guarded");
        Assert.NotNull(await stock.PutInFragmentsAsync(node.Address, key, (TestValue.Of("mine") with { Id = 5 }).SignedBy(owner, 0)));
        await using Tap tap = new(node.Address);
        CommandResult result = await DnaCommand.RunAsync("put", "guarded", "unsigned", "--id", "5", "-b", tap.Address.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain(tap.Seen, seen => seen.Packet.Query == "put");
    }

    private static async Task<int> ExpectAsync(ChildProcess process, int from, string text, TimeSpan timeout) =>
        (await process.Output.WaitAsync(from, line => line.Contains(text, StringComparison.OrdinalIgnoreCase), timeout))?.Number
        ?? throw new TimeoutException($"'{text}' did not appear:\n{process.Output.Tail()}{process.Errors.Tail()}");
}
