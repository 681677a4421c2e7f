using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;
using Dna.Fast.Tests.Id;

namespace Dna.Fast.Tests.Messaging;

/// <summary>What all messenger commands answer when a key, a passphrase or the network is missing.</summary>
public sealed class MessengerMisuseTests : IDisposable
{
    private static readonly string Someone = new('c', 128);

    private static readonly string[][] OfUser =
    [
        ["id", "publish"],
        ["name", "register", "alice"],
        ["name", "renew"],
        ["profile", "set", "--bio", "x"],
        ["contacts", "add", Someone],
        ["contacts", "remove", Someone],
        ["contacts", "pull"],
        ["contacts", "push"],
        ["contacts", "request", "send", Someone],
        ["contacts", "request", "list"],
        ["contacts", "request", "accept", Someone],
        ["contacts", "request", "decline", Someone],
        ["presence", "publish", "--address", "192.0.2.1"],
        ["presence", "publish"],
    ];

    private static readonly string[][] OfAnybody =
    [
        ["name", "lookup", "alice"],
        ["name", "reverse", Someone],
        ["name", "resolve", "alice"],
        ["name", "resolve", Someone, "--wallet", "btc"],
        ["profile", "show", Someone],
        ["presence", "show", "alice"],
    ];

    private readonly IdBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Without_a_key_file_or_its_passphrase_a_user_can_do_nothing()
    {
        foreach (string[] command in OfUser)
            await FailAsync(ExitCode.Identity, "there is no key file", [.. command, "-b", "127.0.0.1:1"]);
        await FailAsync(ExitCode.Identity, "there is no key file", ["contacts", "list"]);
        await FailAsync(ExitCode.Identity, "there is no key file", ["profile", "show"]);
        await _bench.NewAsync();
        _bench[PassphraseSource.Variable] = "wrong";
        foreach (string[] command in OfUser) await FailAsync(ExitCode.Identity, "does not open", [.. command, "-b", "127.0.0.1:1"]);
        await FailAsync(ExitCode.Identity, "does not open", ["contacts", "list"]);
        _bench[PassphraseSource.Variable] = null;
        foreach (string[] command in OfUser) await FailAsync(ExitCode.Identity, PassphraseSource.Variable, [.. command, "-b", "127.0.0.1:1"]);
    }

    [Fact]
    public async Task A_silent_network_is_unreachable_for_every_command_and_nothing_is_said_to_be_absent()
    {
        await _bench.NewAsync();
        // Each waits for a second: several wait together.
        await Parallel.ForEachAsync(OfUser.Concat(OfAnybody), new ParallelOptions { MaxDegreeOfParallelism = 5 }, async (command, _) =>
        {
            IdResult result = await _bench.RunAsync([.. command, "-b", "127.0.0.1:1", "--timeout", "1", "--json"]);
            Assert.True(result.Code == ExitCode.Unreachable, $"{string.Join(' ', command)}: {result}");
            Assert.Empty(result.Output);
            Assert.Contains("unreachable", result.Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_code_has_a_text_that_names_the_thing_and_an_exit_code()
    {
        foreach (ResultCode code in Enum.GetValues<ResultCode>())
        {
            string text = ResultReport.TextOf(code, "the thing", hasHeardAnybody: true);
            Assert.StartsWith("the thing: ", text, StringComparison.Ordinal);
            Assert.Equal(code == ResultCode.Success, ResultReport.ExitOf(code) == ExitCode.Ok);
        }

        Assert.Equal(13, Enum.GetValues<ResultCode>().Length);
        Assert.Equal(ExitCode.Failed, ResultReport.ExitOf(ResultCode.NotFound));
        Assert.Equal(ExitCode.Unreachable, ResultReport.ExitOf(ResultCode.NetworkError));
        Assert.Equal(ExitCode.Unreachable, ResultReport.ExitOf(ResultCode.Timeout));
        Assert.Equal(13, Enum.GetValues<ResultCode>().Select(code => ResultReport.TextOf(code, "it", hasHeardAnybody: true)).Distinct().Count());
    }

    private async Task FailAsync(int code, string why, string[] command)
    {
        IdResult result = await _bench.RunAsync(command);
        Assert.True(result.Code == code, $"{string.Join(' ', command)}: {result}");
        Assert.Empty(result.Output);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
    }
}
