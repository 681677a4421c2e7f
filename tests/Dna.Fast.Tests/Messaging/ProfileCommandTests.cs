using System.Text.Json;
using Dna.Fast.Identities;
using Dna.Fast.Tests.Id;

namespace Dna.Fast.Tests.Messaging;

public sealed class ProfileCommandTests : IDisposable
{
    private const string Bitcoin = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";

    private readonly MessengerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_is_set_stays_until_it_is_changed_or_taken_away()
    {
        await _bench.MakeAsync();
        await _bench.SucceedAsync(_bench.Alice, "name", "register", "alice");
        await _bench.SucceedAsync(
            _bench.Alice, "profile", "set", "--bio", "I like ducks\nand \u001b[31mred", "--location", "Here", "--wallet", "btc=" + Bitcoin, "--social", "github=alice", "--social", "x=a=b");
        JsonElement set = (await _bench.SucceedAsync(_bench.Alice, "profile", "set", "--location", "", "--website", "https://example.org/a", "--social", "github=", "--json")).Json;
        Assert.Equal(1, set.GetProperty("acknowledged").GetInt32());
        Assert.Equal(3, set.GetProperty("version").GetInt32());

        // Nobody is asked for a passphrase to read.
        _bench.Alice[PassphraseSource.Variable] = null;
        foreach (IdResult shown in (IdResult[])[await _bench.SucceedAsync(_bench.Bob, "profile", "show", "Alice", "--json"), await _bench.SucceedAsync(_bench.Alice, "profile", "show", "--json")])
        {
            JsonElement profile = shown.Json;
            Assert.True(profile.GetProperty("verified").GetBoolean());
            Assert.Equal(("alice", "https://example.org/a"), (profile.GetProperty("name").GetString(), profile.GetProperty("website").GetString()));
            Assert.False(profile.GetProperty("is_expired").GetBoolean());
            Assert.Equal("I like ducks\nand \u001b[31mred", profile.GetProperty("bio").GetString());
            Assert.False(profile.TryGetProperty("location", out _));
            Assert.Equal(Bitcoin, profile.GetProperty("wallets").GetProperty("btc").GetString());
            Assert.Equal("a=b", Assert.Single(profile.GetProperty("socials").EnumerateObject()).Value.GetString());
        }

        // A stranger's text does not steer the reader's terminal.
        Assert.DoesNotContain('\u001b', (await _bench.SucceedAsync(_bench.Bob, "profile", "show", "alice")).Output);
        Assert.Equal($"\"{Bitcoin}\"", (await _bench.SucceedAsync(_bench.Bob, "name", "resolve", "alice", "--wallet", "btc")).Output.Trim());
        Assert.Contains("no eth wallet", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "resolve", "alice", "--wallet", "eth"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_profile_has_none_and_a_silent_network_says_nothing_of_it()
    {
        await _bench.MakeAsync();
        Assert.Contains("has no profile yet", await _bench.FailAsync(ExitCode.Failed, _bench.Alice, "profile", "show"), StringComparison.Ordinal);
        foreach (string[] command in (string[][])[["profile", "show"], ["profile", "set", "--bio", "new"]])
        {
            IdResult unknown = await _bench.Alice.RunAsync([.. command, "-b", "127.0.0.1:1", "--timeout", "1"]);
            Assert.Equal((ExitCode.Unreachable, ""), (unknown.Code, unknown.Output));
        }
    }

    [Theory]
    [InlineData("What shall be changed", "profile", "set")]
    [InlineData("--wallet btc", "profile", "set", "--wallet", "btc=nonsense")]
    [InlineData("'doge=D123'", "profile", "set", "--wallet", "doge=D123")]
    [InlineData("'alice'", "profile", "set", "--social", "alice")]
    [InlineData("--picture", "profile", "set", "--picture", "duck.png")]
    [InlineData("--bio", "profile", "set", "--bio", "LONG")]
    [InlineData("neither a name", "profile", "show", "al")]
    public async Task What_no_profile_may_have_is_refused_before_anybody_is_asked(string expected, params string[] arguments)
    {
        string[] said = [.. arguments.Select(argument => argument == "LONG" ? new string('x', 512) : argument)];
        Assert.Contains(expected, await _bench.FailAsync(ExitCode.Usage, _bench.Alice, said), StringComparison.Ordinal);
    }
}
