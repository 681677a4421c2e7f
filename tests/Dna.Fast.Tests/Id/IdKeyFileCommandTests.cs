using System.Text.Json;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Tests.Id;

public sealed class IdKeyFileCommandTests : IDisposable
{
    private readonly IdBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Show_needs_no_passphrase_and_check_does()
    {
        JsonElement made = await _bench.NewAsync("messenger", "--name", "alice");
        _bench[PassphraseSource.Variable] = null;
        IdResult shown = await _bench.RunAsync("id", "show", "--key", "alice");
        Assert.Equal(ExitCode.Ok, shown.Code);
        foreach (string name in (string[])["fingerprint", "dht_key_id", "dht_long_id", "suite", "file"])
            Assert.Contains(made.GetProperty(name).GetString()!, shown.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync("id", "show", "--key", "alice", "--check")).Code);
        _bench[PassphraseSource.Variable] = IdBench.Passphrase;
        IdResult isChecked = await _bench.RunAsync("id", "show", "--key", made.GetProperty("file").GetString()!, "--check", "--json");
        Assert.True(isChecked.Json.GetProperty("checked").GetBoolean());
    }

    [Fact]
    public async Task A_wrong_passphrase_is_asked_for_three_times_at_a_terminal_and_once_elsewhere()
    {
        await _bench.NewAsync();
        _bench[PassphraseSource.Variable] = null;
        using var person = new FakeTerminal("wrong", "wrong too", IdBench.Passphrase, "left");
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync(person, "", ["id", "show", "--check"])).Code);
        Assert.Equal(1, person.Left);
        using var stranger = new FakeTerminal("a", "b", "c", "d");
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync(stranger, "", ["id", "show", "--check"])).Code);
        Assert.Equal(1, stranger.Left);
        _bench[PassphraseSource.Variable] = "wrong";
        IdResult once = await _bench.RunAsync("id", "show", "--check");
        Assert.Equal(ExitCode.Identity, once.Code);
        Assert.Single(once.Error.Split("does not open", StringSplitOptions.None)[1..]);
    }

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("correct horse battery\n")]
    [InlineData("correct horse battery\r\nand a second line\n")]
    public async Task A_passphrase_file_counts_by_its_first_line_and_before_the_variable(string content)
    {
        await _bench.NewAsync();
        _bench[PassphraseSource.Variable] = "wrong";
        await File.WriteAllTextAsync(_bench.File("pass"), content);
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "show", "--check", "--passphrase-file", _bench.File("pass"))).Code);
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync("id", "show", "--check", "--passphrase-file", _bench.File("none"))).Code);
    }

    [Fact]
    public async Task Passwd_changes_the_passphrase()
    {
        await _bench.NewAsync();
        _bench[PassphraseSource.NewVariable] = "a new passphrase";
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "passwd")).Code);
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync("id", "show", "--check")).Code);
        _bench[PassphraseSource.Variable] = "a new passphrase";
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "show", "--check")).Code);
        _bench[PassphraseSource.NewVariable] = null;
        _bench[PassphraseSource.Variable] = null;
        using var person = new FakeTerminal("a new passphrase", "a third passphrase", "a third passphrase");
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync(person, "", ["id", "passwd", "--json"])).Code);
        _bench[PassphraseSource.Variable] = "a third passphrase";
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "show", "--check")).Code);
    }

    [Fact]
    public async Task What_the_original_messenger_has_goes_out_and_comes_back()
    {
        JsonElement made = await _bench.NewAsync("messenger");
        IdResult exported = await _bench.RunAsync("id", "export", "--original", _bench.File("o.dsa"), "--dht", _bench.File("node"), "--json");
        Assert.True(exported.Code == ExitCode.Ok, exported.ToString());
        string[] files = [.. exported.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
        Assert.Equal(["o.dsa", "o.kem", "node.pem", "node.crt"], files.Select(Path.GetFileName));
        Assert.All(files, file => Assert.True(File.Exists(file)));
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync("id", "export", "--original", _bench.File("o"))).Code);
        Assert.Equal(ExitCode.Identity, (await _bench.RunAsync("id", "export", "--dht", _bench.File("node"))).Code);

        IdResult imported = await _bench.RunAsync("id", "import", _bench.File("o"), "--out", _bench.File("again.key"), "--json");
        Assert.True(imported.Code == ExitCode.Ok, imported.ToString());
        Assert.Equal(made.GetProperty("fingerprint").GetString(), imported.Json.GetProperty("fingerprint").GetString());
        Assert.False(imported.Json.TryGetProperty("dht_key_id", out _));
        Assert.Contains("dna id restore", imported.Error, StringComparison.Ordinal);
        IdResult added = await _bench.RunAsync("id", "import", "--dht", _bench.File("node.pem"), "--key", _bench.File("again.key"), "--json");
        Assert.True(added.Code == ExitCode.Ok, added.ToString());
        Assert.Equal(made.GetProperty("dht_key_id").GetString(), added.Json.GetProperty("dht_key_id").GetString());
    }

    [Fact]
    public async Task A_DHT_identity_is_given_up_only_when_that_is_said()
    {
        JsonElement alice = await _bench.NewAsync("fast", "--name", "alice"), bob = await _bench.NewAsync("fast", "--name", "bob");
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "export", "--key", "bob", "--dht", _bench.File("bob"))).Code);
        IdResult refused = await _bench.RunAsync("id", "import", "--dht", _bench.File("bob"), "--key", "alice");
        Assert.Equal(ExitCode.Identity, refused.Code);
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        Assert.Equal(alice.GetProperty("dht_key_id").GetString(), (await _bench.RunAsync("id", "show", "--key", "alice", "--json")).Json.GetProperty("dht_key_id").GetString());
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "import", "--dht", _bench.File("bob"), "--key", "alice", "--replace")).Code);
        Assert.Equal(bob.GetProperty("dht_key_id").GetString(), (await _bench.RunAsync("id", "show", "--key", "alice", "--json")).Json.GetProperty("dht_key_id").GetString());
    }

    [Fact]
    public async Task The_fast_suite_has_no_files_of_the_original_messenger()
    {
        await _bench.NewAsync();
        IdResult exported = await _bench.RunAsync("id", "export", "--original", _bench.File("o"));
        Assert.Equal(ExitCode.Identity, exported.Code);
        Assert.Contains("fast", exported.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.File("o.dsa")));
    }

    [Fact]
    public async Task A_backup_in_a_file_brings_the_DHT_identity_back()
    {
        JsonElement made = await _bench.NewAsync("messenger");
        IdResult backedUp = await _bench.RunAsync("id", "backup", "--file-only", "--json");
        Assert.True(backedUp.Code == ExitCode.Ok, backedUp.ToString());
        string file = backedUp.Json.GetProperty("file").GetString()!;
        Assert.Equal(made.GetProperty("fingerprint").GetString() + "_dht_identity.enc", Path.GetFileName(file));
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "export", "--original", _bench.File("o"))).Code);
        Assert.Equal(ExitCode.Ok, (await _bench.RunAsync("id", "import", _bench.File("o"), "--name", "bare")).Code);
        IdResult restored = await _bench.RunAsync("id", "restore", "--key", "bare", "--file-only", "--json");
        Assert.True(restored.Code == ExitCode.Ok, restored.ToString());
        Assert.Equal(made.GetProperty("dht_key_id").GetString(), restored.Json.GetProperty("dht_key_id").GetString());
    }

    [Fact]
    public async Task Without_a_backup_a_new_DHT_identity_is_made_only_when_that_is_said()
    {
        JsonElement made = await _bench.NewAsync("messenger");
        await _bench.RunAsync("id", "export", "--original", _bench.File("o"));
        await _bench.RunAsync("id", "import", _bench.File("o"), "--name", "bare");
        IdResult none = await _bench.RunAsync("id", "restore", "--key", "bare", "--file-only");
        Assert.Equal(ExitCode.Failed, none.Code);
        Assert.NotEmpty(none.Error);
        IdResult signing = await _bench.RunAsync("put", "key", "value", "--sign", "--key", "bare");
        Assert.Equal(ExitCode.Identity, signing.Code);
        Assert.Contains("dna id restore", signing.Error, StringComparison.Ordinal);
        IdResult anew = await _bench.RunAsync("id", "restore", "--key", "bare", "--file-only", "--new", "--json");
        Assert.True(anew.Code == ExitCode.Ok, anew.ToString());
        Assert.NotEqual(made.GetProperty("dht_key_id").GetString(), anew.Json.GetProperty("dht_key_id").GetString());
    }

    [Fact]
    public async Task A_key_file_without_a_DHT_identity_gets_the_derived_one_with_the_first_signed_put()
    {
        _bench[PassphraseSource.Variable] = IdBench.Passphrase;
        var surroundings = new Surroundings();
        using (UserIdentity identity = UserIdentity.FromMaster(surroundings.Suites.Fast, new byte[Mnemonic.MasterBytes], ""))
        {
            KeyFileResult<LockedKeyFile> made = surroundings.KeyFiles.Create(
                _bench.File("bare.key"), identity, System.Text.Encoding.UTF8.GetBytes(IdBench.Passphrase), new PassphraseCost(PassphraseCost.MemoryKiBMin, 1));
            Assert.Equal("", made.Message);
        }

        string[] put = ["put", "key", "value", "--sign", "--key", _bench.File("bare.key"), "-b", "127.0.0.1:1", "--timeout", "1"];
        IdResult first = await _bench.RunAsync(put), second = await _bench.RunAsync(put);
        Assert.Contains("deriving", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deriving", second.Error, StringComparison.Ordinal);
        JsonElement shown = (await _bench.RunAsync("id", "show", "--check", "--json", "--key", _bench.File("bare.key"))).Json;
        Assert.Equal(40, shown.GetProperty("dht_key_id").GetString()!.Length);
    }

    [Fact]
    public async Task Each_bad_key_file_ends_with_6_and_its_own_sentence()
    {
        await _bench.NewAsync();
        string path = Path.Combine(_bench.Folder, "identity.key");
        byte[] good = await File.ReadAllBytesAsync(path);
        var messages = new HashSet<string> { (await _bench.RunAsync("id", "show", "--key", "nobody")).Error };
        foreach (byte[] bad in (byte[][])[good[..^5], [.. good, 1], "something else"u8.ToArray(), [.. good[..8], 2, .. good[9..]]])
        {
            await File.WriteAllBytesAsync(path, bad);
            foreach (string[] command in (string[][])[["id", "show"], ["id", "passwd"], ["put", "k", "v", "--sign"], ["get", "k", "--key", path], ["listen", "k", "--key", path]])
            {
                IdResult result = await _bench.RunAsync(command);
                Assert.Equal(ExitCode.Identity, result.Code);
                messages.Add(result.Error);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            await File.WriteAllBytesAsync(path, good);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            messages.Add((await _bench.RunAsync("id", "show")).Error);
            Assert.Contains(messages, message => message.Contains("chmod 600 " + path, StringComparison.Ordinal));
        }

        Assert.Equal(6, messages.Count);
    }
}
