using System.Text.Json;
using Dna.Fast.Commands.Msg;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;
using Dna.Fast.Tests.Id;

namespace Dna.Fast.Tests.Messaging;

/// <summary>What commands of messages, groups and walls say when something is not there, not allowed, or not known.</summary>
public sealed class MessageCommandTests : IDisposable
{
    private const string Nowhere = "5d1f6a0e-3c55-4d0f-9f0a-0d3b9a2c7e11";

    private static readonly string Someone = new('c', 128);

    private readonly MessengerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_is_not_there_is_said_to_be_absent_and_what_to_do_about_it()
    {
        await _bench.MakeAsync();
        await FailAsync("nobody has the name", "msg", "send", "nobody", "hello");
        await FailAsync("has published no keys", "msg", "send", Someone, "hello");
        await FailAsync("dna contacts add", "msg", "check");
        await FailAsync("this machine knows no group", "group", "check");
        await FailAsync("you know no group Friends", "group", "send", "Friends", "hello");
        await FailAsync("there is no group", "group", "show", Nowhere);
        await FailAsync("there is no post on the wall", "wall", "read", Someone);
        Assert.Empty((await _bench.SucceedAsync(_bench.Alice, "msg", "check", "--from", Someone)).Output);

        Task<string> FailAsync(string why, params string[] command) => FailWithAsync(ExitCode.Failed, why, command);
    }

    [Fact]
    public async Task A_network_that_does_not_answer_is_unreachable_and_nothing_is_said_to_be_absent()
    {
        await _bench.MakeAsync();
        string[][] commands =
        [
            ["msg", "send", Someone, "hello"], ["msg", "check", "--from", Someone], ["group", "create", "Friends"], ["group", "show", Nowhere], ["group", "check", Nowhere],
            ["wall", "post", "hello"], ["wall", "read", Someone], ["wall", "vote", Someone + "_1", "up"],
        ];
        foreach (string[] command in commands)
        {
            IdResult result = await _bench.Alice.RunAsync([.. command, "-b", "127.0.0.1:1", "--timeout", "1"]);
            Assert.True(result.Code == ExitCode.Unreachable, $"{string.Join(' ', command)}: {result}");
            Assert.Empty(result.Output);
            Assert.Contains("unreachable", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_has_keys_of_another_suite_cannot_be_written_to_and_gets_no_key_of_a_group()
    {
        (_, JsonElement bob) = await _bench.MakeAsync();
        await _bench.SucceedAsync(_bench.Alice, "id", "publish");
        await _bench.SucceedAsync(_bench.Bob, "id", "publish");
        string bobs = bob.GetProperty("fingerprint").GetString()!;
        await FailWithAsync(ExitCode.Failed, "another suite", "msg", "send", bobs, "hello");
        IdResult group = await _bench.SucceedAsync(_bench.Alice, "group", "create", "Friends", "--member", bobs, "--json");
        Assert.Contains($"{bobs} gets no key", group.Error, StringComparison.Ordinal);
        string uuid = group.Json.GetProperty("uuid").GetString()!;
        await _bench.SucceedAsync(_bench.Alice, "group", "send", "friends", "hello");
        IdResult read = await _bench.SucceedAsync(_bench.Bob, "group", "check", uuid);
        Assert.Empty(read.Output);
        Assert.Contains("not handed", read.Error, StringComparison.Ordinal);
        Assert.Contains("only the creator", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "group", "delete", uuid), StringComparison.Ordinal);
        Assert.Contains("only the creator", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "group", "rotate", uuid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_come_from_arguments_inputs_and_lines_and_must_be_there()
    {
        (JsonElement alice, _) = await _bench.MakeAsync();
        await _bench.SucceedAsync(_bench.Alice, "id", "publish");
        string me = alice.GetProperty("fingerprint").GetString()!;
        await _bench.SucceedAsync(_bench.Alice, "msg", "send", me, "an argument");
        Assert.Equal(ExitCode.Ok, (await PipeAsync("two\nlines\n", me)).Code);
        Assert.Equal(ExitCode.Ok, (await PipeAsync("first\n\n  \nsecond\r\nthird", me, "--lines")).Code);
        Assert.Equal(ExitCode.Usage, (await PipeAsync("", me)).Code);
        Assert.Equal(ExitCode.Usage, (await PipeAsync("\n\n", me, "--lines")).Code);
        IdResult tooLong = await PipeAsync("before\n" + new string('x', 70_000) + "\nafter\n", me, "--lines");
        Assert.Equal(ExitCode.Failed, tooLong.Code);
        Assert.Contains("too long", tooLong.Error, StringComparison.Ordinal);
        Assert.Contains("1 of the lines before", tooLong.Error, StringComparison.Ordinal);
        IdResult read = await _bench.SucceedAsync(_bench.Alice, "msg", "check", "--from", me, "--json");
        string[] texts = [.. read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];
        Assert.Equal(["an argument", "two\nlines", "first", "second", "third", "before"], texts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_may_have_arrived_is_said_to_be_kept_and_not_to_be_sent_again(bool isJson)
    {
        using StringWriter output = new(), error = new();
        SendReport sent = new(ResultCode.Timeout, new MessageDigest(26), 0, false) { IsPending = true };
        Assert.Equal(ExitCode.Unreachable, await MsgSendCommand.SayPendingAsync(new Speaker(output, error, isJson), sent, "bob", Someone));
        Assert.Contains("is kept, id=0000000000000000000000000000001a", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("do not send it again", error.ToString(), StringComparison.Ordinal);
        if (isJson) Assert.Equal($$"""{"id":"0000000000000000000000000000001a","to":"{{Someone}}","acknowledged":0,"delivered":false,"pending":true}""", output.ToString().TrimEnd());
        else Assert.Empty(output.ToString());
    }

    private Task<IdResult> PipeAsync(string input, string to, params string[] more) =>
        _bench.Alice.RunAsync(null, input, ["msg", "send", to, .. more, "-b", _bench.At, "--timeout", "60"]);

    private async Task<string> FailWithAsync(int code, string why, params string[] command)
    {
        string error = await _bench.FailAsync(code, _bench.Alice, command);
        Assert.Contains(why, error, StringComparison.Ordinal);
        return error;
    }
}
