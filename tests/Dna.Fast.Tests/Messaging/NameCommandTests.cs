using System.Text.Json;
using Dna.Fast.Tests.Id;

namespace Dna.Fast.Tests.Messaging;

public sealed class NameCommandTests : IDisposable
{
    private readonly MessengerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_registered_name_is_found_by_everybody_in_any_case_and_taken_for_others()
    {
        (JsonElement alice, _) = await _bench.MakeAsync();
        string fingerprint = alice.GetProperty("fingerprint").GetString()!;
        JsonElement registered = (await _bench.SucceedAsync(_bench.Alice, "name", "register", "Alice_1", "--json")).Json;
        Assert.Equal(fingerprint, registered.GetProperty("fingerprint").GetString());
        Assert.Equal(1, registered.GetProperty("acknowledged").GetInt32());
        Assert.Equal(31_536_000UL, registered.GetProperty("expires_at").GetUInt64() - registered.GetProperty("registered_at").GetUInt64());

        foreach (string user in (string[])["alice_1", "ALICE_1", fingerprint, fingerprint.ToUpperInvariant()])
        {
            JsonElement found = (await _bench.SucceedAsync(_bench.Bob, "name", "lookup", user, "--json")).Json;
            Assert.Equal((fingerprint, "Alice_1", "messenger"), (found.GetProperty("fingerprint").GetString(), found.GetProperty("identity").GetString(), found.GetProperty("suite").GetString()));
            Assert.Equal(alice.GetProperty("encryption_key").GetString(), found.GetProperty("encryption_key").GetString());
            Assert.Equal(fingerprint, (await _bench.SucceedAsync(_bench.Bob, "name", "resolve", user)).Output.Trim());
        }

        JsonElement reverse = (await _bench.SucceedAsync(_bench.Bob, "name", "reverse", fingerprint, "--json")).Json;
        Assert.Equal("Alice_1", reverse.GetProperty("identity").GetString());
        Assert.True(reverse.GetProperty("has_name").GetBoolean());
        Assert.Contains("somebody else has the name", await _bench.FailAsync(ExitCode.Taken, _bench.Bob, "name", "register", "alice_1"), StringComparison.Ordinal);
        Assert.Contains("no name", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "renew"), StringComparison.Ordinal);

        JsonElement renewed = (await _bench.SucceedAsync(_bench.Alice, "name", "renew", "--json")).Json;
        Assert.Equal(registered.GetProperty("registered_at").GetUInt64(), renewed.GetProperty("registered_at").GetUInt64());
        Assert.Equal(31_536_000UL, renewed.GetProperty("expires_at").GetUInt64() - registered.GetProperty("expires_at").GetUInt64());
    }

    [Fact]
    public async Task Published_keys_keep_their_name_and_let_others_write_to_a_fingerprint()
    {
        (JsonElement alice, JsonElement bob) = await _bench.MakeAsync();
        string fingerprint = alice.GetProperty("fingerprint").GetString()!;
        Assert.Contains("has published nothing yet", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "lookup", fingerprint), StringComparison.Ordinal);
        Assert.Contains("has published nothing yet", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "reverse", fingerprint), StringComparison.Ordinal);
        Assert.Equal(fingerprint, (await _bench.SucceedAsync(_bench.Alice, "id", "publish", "--json")).Json.GetProperty("fingerprint").GetString());
        Assert.False((await _bench.SucceedAsync(_bench.Bob, "name", "reverse", fingerprint, "--json")).Json.GetProperty("has_name").GetBoolean());
        await _bench.SucceedAsync(_bench.Alice, "name", "register", "alice");
        await _bench.SucceedAsync(_bench.Alice, "id", "publish");
        Assert.Equal("alice", (await _bench.SucceedAsync(_bench.Bob, "name", "lookup", "alice", "--json")).Json.GetProperty("identity").GetString());

        // Two users of one suite: an envelope is sealed within one.
        await _bench.Alice.NewAsync("fast", "--words", "12", "--name", "other");
        await _bench.SucceedAsync(_bench.Bob, "id", "publish");
        await _bench.SucceedAsync(_bench.Alice, "put", "letters", "for bob alone", "--encrypt-to", bob.GetProperty("fingerprint").GetString()!, "--key", "other");
        Assert.Contains("for bob alone", (await _bench.SucceedAsync(_bench.Bob, "get", "letters", "--key", "identity")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_nobody_has_a_name_and_that_it_is_not_known_are_different_answers()
    {
        Assert.Contains("nobody has the name alice", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "lookup", "alice"), StringComparison.Ordinal);
        Assert.Contains("nobody has the name alice", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "name", "resolve", "alice"), StringComparison.Ordinal);
        IdResult unknown = await _bench.Bob.RunAsync("name", "lookup", "alice", "-b", "127.0.0.1:1", "--timeout", "1");
        Assert.Equal(ExitCode.Unreachable, unknown.Code);
        Assert.Contains("unreachable", unknown.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody has", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "register", "al")]
    [InlineData("name", "register", "al.ice")]
    [InlineData("name", "register", "Support")]
    [InlineData("name", "register", "abcdefghijklmnopqrstu")]
    [InlineData("name", "register")]
    [InlineData("name", "resolve", "alice", "--wallet", "doge")]
    [InlineData("name", "lookup", "al")]
    [InlineData("name", "lookup", "not a name")]
    [InlineData("name", "reverse", "alice")]
    [InlineData("name", "reverse", "0123")]
    public async Task What_can_be_no_name_is_refused(params string[] arguments) => await _bench.FailAsync(ExitCode.Usage, _bench.Alice, arguments);
}
