using System.Globalization;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>One node and the client commands, as people use them.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RunningNodeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task What_is_put_is_found(string address)
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Bind = [address] });
        string at = node.Address.ToString();
        CommandResult put = await DnaCommand.SucceedAsync("put", "greeting", "hello", "--id", "1f", "--type", "30d", "-b", at);
        Assert.StartsWith("1 of 1 nodes acknowledged", put.Text, StringComparison.Ordinal);

        CommandResult get = await DnaCommand.SucceedAsync("get", "greeting", "--json", "-b", at);
        JsonElement value = JsonDocument.Parse(Assert.Single(get.Output)).RootElement;
        Assert.Equal("1f", value.GetProperty("id").GetString());
        Assert.Equal(0x1003, value.GetProperty("type").GetInt32());
        Assert.Equal("text/plain", value.GetProperty("user_type").GetString());
        Assert.Equal("hello"u8.ToArray(), value.GetProperty("data").GetBytesFromBase64());
        Assert.Equal("hello", value.GetProperty("text").GetString());
        Assert.Equal(5, value.GetProperty("size").GetInt32());
        Assert.Equal(at, value.GetProperty("from").GetString());

        // The same key by its 40 digits, and the form for people.
        string key = Wire.InfoHash.OfKey("greeting").ToString();
        Assert.Contains("data=\"hello\"", (await DnaCommand.SucceedAsync("get", key, "-b", at)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_choose_among_values_and_absence_ends_with_1()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        string at = node.Address.ToString();
        await DnaCommand.SucceedAsync("put", "key", "one", "--id", "a1", "--type", "7d", "-b", at);
        await DnaCommand.SucceedAsync("put", "key", "two", "--id", "a2", "--user-type", "other", "-b", at);
        Assert.Equal(2, (await DnaCommand.SucceedAsync("get", "key", "-b", at)).Output.Count);
        await ExpectAsync("id=a1", "one");
        await ExpectAsync("value_type=7d", "one");
        await ExpectAsync("user_type=other", "two");
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "key", "--where", "id=a3", "-b", at)).ExitCode);
        Assert.Equal(1, (await DnaCommand.RunAsync("get", "another", "-b", at)).ExitCode);

        async Task ExpectAsync(string where, string text)
        {
            CommandResult get = await DnaCommand.SucceedAsync("get", "key", "--where", where, "--json", "-b", at);
            Assert.Equal(text, JsonDocument.Parse(Assert.Single(get.Output)).RootElement.GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task A_file_of_many_fragments_comes_back_byte_for_byte()
    {
        using var directory = new TestDirectory();
        byte[] content = new byte[50_000];
        new Random(5).NextBytes(content);
        await File.WriteAllBytesAsync(directory.File("content"), content);
        await using DnaProcess node = await DnaProcess.StartAsync();
        string at = node.Address.ToString();
        await DnaCommand.SucceedAsync("put", "file", "--file", directory.File("content"), "--type", "365d", "-b", at);
        CommandResult get = await DnaCommand.SucceedAsync("get", "file", "--json", "-b", at);
        Assert.Equal(content, JsonDocument.Parse(Assert.Single(get.Output)).RootElement.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task Nodes_of_another_network_do_not_answer()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Network = 7 });
        Assert.Equal(0, (await DnaCommand.RunAsync("ping", node.Address.ToString(), "--network", "7")).ExitCode);
        Assert.Equal(5, (await DnaCommand.RunAsync("ping", node.Address.ToString())).ExitCode);
    }

    [Fact]
    public async Task A_listener_hears_what_is_stored_and_what_comes()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        string at = node.Address.ToString();
        await DnaCommand.SucceedAsync("put", "news", "first", "-b", at);
        await using ChildProcess listener = DnaBinary.Start(["listen", "news", "--json", "-b", at]);
        Assert.NotNull(await listener.Output.WaitAsync(0, line => line.Contains("\"first\"", StringComparison.Ordinal), Patience));
        await DnaCommand.SucceedAsync("put", "news", "second", "-b", at);
        (int _, string line) = Assert.NotNull(await listener.Output.WaitAsync(0, line => line.Contains("\"second\"", StringComparison.Ordinal), Patience));
        Assert.Equal("value", JsonDocument.Parse(line).RootElement.GetProperty("event").GetString());
        listener.Signal("INT");
        Assert.Equal(0, await listener.WaitForExitAsync(Patience));
    }

    [Fact]
    public async Task A_permanent_put_stays_until_it_is_interrupted()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        await using ChildProcess put = DnaBinary.Start(["put", "key", "value", "--permanent", "-b", node.Address.ToString()]);
        Assert.NotNull(await put.Output.WaitAsync(0, line => line.StartsWith("permanent:", StringComparison.Ordinal), Patience));
        Assert.False(put.HasExited);
        put.Signal("TERM");
        Assert.Equal(0, await put.WaitForExitAsync(Patience));
    }

    [Fact]
    public async Task Pain_17_status_tells_what_the_node_did()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("put", "key", "value", "-b", node.Address.ToString());
        JsonElement status = await node.StatusAsync();
        Assert.Equal(node.Id.ToString(), status.GetProperty("id").GetString());
        Assert.Equal(1, status.GetProperty("store").GetProperty("values").GetInt64());
        Assert.Equal("ok", status.GetProperty("store").GetProperty("health").GetString());
        Assert.Equal(1, status.GetProperty("counters").GetProperty("put_stored").GetInt64());
        Assert.True(status.GetProperty("counters").GetProperty("datagrams_in").GetInt64() > 0);
        Assert.True(status.GetProperty("memory").GetProperty("resident").GetInt64() > 0);
        Assert.Equal(node.Address.ToString(), Assert.Single(status.GetProperty("addresses").EnumerateArray()).GetString());
        Assert.Contains((await DnaCommand.SucceedAsync("status", "--data", node.Data)).Output, line => line.StartsWith("store ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_state_is_for_its_owner_alone()
    {
        using var directory = new TestDirectory();
        string data = directory.File("state");
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data });
        await DnaCommand.SucceedAsync("put", "key", "value", "--type", "7d", "-b", node.Address.ToString());
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        foreach (string entry in Directory.GetFileSystemEntries(data, "*", SearchOption.AllDirectories).Append(data))
            Assert.True((File.GetUnixFileMode(entry) & others) == 0, entry + " is open to others: " + File.GetUnixFileMode(entry));
    }

    [Fact]
    public async Task Logs_are_json_when_asked_for_and_go_to_the_standard_error()
    {
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { More = ["--log-format", "json", "--stats-interval", "1"] });
        (int _, string line) = Assert.NotNull(await node.Errors.WaitAsync(0, line => line.Contains("\"Statistics\"", StringComparison.Ordinal), Patience));
        JsonElement entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal("info", entry.GetProperty("level").GetString());
        Assert.Equal(0, entry.GetProperty("Values").GetInt64());
        Assert.True(DateTimeOffset.Parse(entry.GetProperty("time").GetString()!, CultureInfo.InvariantCulture) > DateTimeOffset.UnixEpoch);
        Assert.Single(node.Output.Since(0));
    }
}
