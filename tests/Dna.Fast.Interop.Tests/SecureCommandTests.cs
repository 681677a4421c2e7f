using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dna.Fast.Identity;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>Identities on the command line, with stock nodes and the stock library on the other side (wire specification, sections 4.4 to 4.6 and 8).</summary>
public sealed class SecureCommandTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Identities _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    public async Task Get_shows_what_a_stock_node_signs_as_verified_and_what_it_encrypts_for_us_as_decrypted(int bits)
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = at, Identity = StockIdentity.Owner });
        (string alice, InfoHash keyId) = await AliceAsync(bits);
        // A listener publishes the certificate that others need.
        await using ChildProcess listener = _home.Start("listen", "letters", "--key", alice, "-b", at);
        await ExpectAsync(listener.Errors, "listening to");

        Assert.True(await stock.PutSignedAsync("signed", "mine"));
        CommandResult signed = await _home.SucceedAsync("get", "signed", "-b", at);
        Assert.Contains($" owner={stock.KeyId} seq=0 verified ", Assert.Single(signed.Output));
        JsonElement json = Json(await _home.SucceedAsync("get", "signed", "--json", "-b", at));
        Assert.True(json.GetProperty("verified").GetBoolean());
        Assert.Equal((stock.KeyId.ToString(), 0, "mine"), (json.GetProperty("owner").GetString(), json.GetProperty("seq").GetInt32(), json.GetProperty("text").GetString()));

        Assert.True(await stock.PutEncryptedAsync("letters", keyId, "secret"));
        string heard = await ExpectAsync(listener.Output, "secret");
        Assert.Contains($" decrypted owner={stock.KeyId} seq=0 verified ", heard);
        json = Json(await _home.SucceedAsync("get", "letters", "--key", alice, "--json", "-b", at));
        Assert.True(json.GetProperty("decrypted").GetBoolean());
        Assert.Equal((keyId.ToString(), "secret"), (json.GetProperty("to").GetString(), json.GetProperty("text").GetString()));
        CommandResult closed = await _home.SucceedAsync("get", "letters", "-b", at);
        Assert.Contains(" encrypted size=", Assert.Single(closed.Output));
        Assert.DoesNotContain("secret", closed.ToString());

        listener.Signal("INT");
        Assert.Equal(0, await listener.WaitForExitAsync(Patience));
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    public async Task A_stock_node_verifies_what_put_signs_and_decrypts_what_it_encrypts(int bits)
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = at, Identity = StockIdentity.Owner });
        await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(network.Id), Patience, "the stock node knows ours");
        (string alice, InfoHash owner) = await AliceAsync(bits);

        Assert.Contains($"owner={owner} seq=0", (await PutAsync("first", "signed", "--sign", "--id", "2a")).Text);
        string line = Assert.Single(await stock.GetAsync("signed"));
        Assert.Contains("signed (v0)", line);
        Assert.Contains("\"first\"", line);
        Assert.Contains("seq=1", (await PutAsync("second", "signed", "--sign", "--id", "2a")).Text);
        await Bounded.UntilAsync(
            async () => (await stock.GetAsync("signed")).Any(shown => shown.Contains("signed (v1)", StringComparison.Ordinal) && shown.Contains("\"second\"", StringComparison.Ordinal)),
            Patience, "the stock node shows the second version");

        // Nobody else's key changes it.
        await _home.NewAsync("thief");
        CommandResult theft = await _home.RunAsync("put", "signed", "stolen", "--sign", "--id", "2a", "--key", "thief", "-b", at);
        Assert.DoesNotContain("stolen", (await _home.SucceedAsync("get", "signed", "-b", at)).Text);
        Assert.NotEqual(2, theft.ExitCode);

        // The stock node publishes its certificate when it is connected; until then nobody is found.
        await Bounded.UntilAsync(
            async () => (await _home.RunAsync("put", "closed", "secret", "--encrypt-to", stock.KeyId.ToString(), "--key", alice, "-b", at)).ExitCode == 0, Patience, "the recipient is found");
        line = (await stock.GetAsync("closed"))[0];
        Assert.Contains("decrypted", line);
        Assert.Contains("\"secret\"", line);

        Task<CommandResult> PutAsync(string text, string key, params string[] more) => _home.SucceedAsync(["put", key, text, "--key", alice, "-b", at, .. more]);
    }

    [Fact]
    public async Task Two_identities_of_ours_write_to_each_other_by_key_id_and_by_long_id()
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        JsonElement alice = await _home.NewAsync("alice");
        await _home.NewAsync("bob");
        await using ChildProcess published = _home.Start("put", "card", "alice", "--sign", "--permanent", "--key", "alice", "-b", at);
        await ExpectAsync(published.Output, "certificate of " + alice.GetProperty("dht_key_id").GetString());
        foreach (string name in (string[])["dht_key_id", "dht_long_id"])
        {
            await _home.SucceedAsync("put", name, "to you", "--encrypt-to", alice.GetProperty(name).GetString()!, "--key", "bob", "-b", at);
            Assert.Contains(" decrypted ", Assert.Single((await _home.SucceedAsync("get", name, "--key", "alice", "-b", at)).Output));
            Assert.Contains(" encrypted ", Assert.Single((await _home.SucceedAsync("get", name, "--key", "bob", "-b", at)).Output));
        }

        published.Signal("INT");
        Assert.Equal(0, await published.WaitForExitAsync(Patience));
        CommandResult nobody = await _home.RunAsync("put", "x", "y", "--encrypt-to", InfoHash.OfKey("nobody").ToString(), "--key", "bob", "--timeout", "20", "-b", at);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains(nobody.Errors, line => line.Contains("certificate", StringComparison.Ordinal));
    }

    // An identity of its own, and what it reads through the library's secure layer: one line for each key on its input.
    private const string Reader = """
        import sys, opendht as dht
        node = dht.DhtRunner()
        node.run(id=dht.Identity.generate("reader"), port=0)
        node.bootstrap(sys.argv[1], sys.argv[2])
        print("reader", node.getId().toString().decode(), flush=True)
        for line in sys.stdin:
            for value in node.get(dht.InfoHash.get(line.strip())):
                print("got", value.data.decode(), value.owner.getId().toString().decode() if value.owner else "nobody", flush=True)
        node.join()
        """;

    [Fact]
    public async Task Applications_of_the_stock_library_read_what_put_signs_and_encrypts()
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString(), owner = (await _home.NewAsync("alice")).GetProperty("dht_key_id").GetString()!;
        await using ChildProcess python = ChildProcess.Start(
            "/usr/bin/python3", ["-c", Reader, network.Address.Address.ToString(), $"{network.Address.Port}"], "apt-get install python3-opendht");
        string reader = (await ExpectAsync(python.Output, "reader ")).Split(' ')[1];
        await _home.SucceedAsync("put", "open", "hello", "--sign", "--key", "alice", "-b", at);
        await Bounded.UntilAsync(
            async () => (await _home.RunAsync("put", "closed", "secret", "--encrypt-to", reader, "--key", "alice", "-b", at)).ExitCode == 0, Patience, "the library's certificate is found");
        python.WriteLine("open");
        Assert.Equal($"got hello {owner}", await ExpectAsync(python.Output, "got hello"));
        python.WriteLine("closed");
        Assert.Equal($"got secret {owner}", await ExpectAsync(python.Output, "got secret"));
    }

    [Fact]
    public async Task A_stock_identity_in_PEM_signs_and_decrypts_too()
    {
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync();
        string at = stock.Address.ToString();
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(StockIdentity.Owner.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        CommandResult put = await _home.SucceedAsync("put", "pem", "hello", "--sign", "--key", StockIdentity.Owner.KeyFile, "-b", at);
        Assert.Contains($"owner={InfoHash.Of(StockIdentity.Owner.Spki)}", put.Text);
        Assert.Contains($" owner={InfoHash.Of(StockIdentity.Owner.Spki)} seq=0 verified ", (await _home.SucceedAsync("get", "pem", "-b", at)).Text);
    }

    [Fact]
    public async Task An_exported_DHT_identity_is_a_stock_nodes_own()
    {
        JsonElement alice = await _home.NewAsync("alice");
        await _home.SucceedAsync("id", "export", "--key", "alice", "--dht", _home.File("node"));
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { IdentityFiles = _home.File("node") });
        Assert.Equal(alice.GetProperty("dht_key_id").GetString(), stock.KeyId.ToString());
    }

    [Fact]
    public async Task Recovered_elsewhere_it_is_the_same_user_with_the_same_DHT_identity_and_may_change_its_values()
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        JsonElement made = await _home.NewAsync("alice", "messenger", 4096);
        await _home.SucceedAsync("put", "mine", "before", "--sign", "--id", "7", "--type", "365d", "--key", "alice", "-b", at);
        JsonElement shown = Json(await _home.SucceedAsync("id", "show", "--key", "alice", "--json"));

        using var elsewhere = new Identities();
        await File.WriteAllTextAsync(elsewhere.File("words"), made.GetProperty("mnemonic").GetString());
        JsonElement recovered = Json(await elsewhere.SucceedAsync("id", "recover", "--words-file", elsewhere.File("words"), "--json"));
        foreach (string name in (string[])["fingerprint", "dht_key_id", "dht_long_id", "encryption_key"])
        {
            Assert.Equal(made.GetProperty(name).GetString(), shown.GetProperty(name).GetString());
            Assert.Equal(made.GetProperty(name).GetString(), recovered.GetProperty(name).GetString());
        }

        Assert.Contains("seq=1", (await elsewhere.SucceedAsync("put", "mine", "after", "--sign", "--id", "7", "--type", "365d", "-b", at)).Text);
        Assert.Contains("\"after\"", Assert.Single((await _home.SucceedAsync("get", "mine", "-b", at)).Output));
    }

    [Fact]
    public async Task A_backup_in_the_network_brings_a_DHT_identity_back_to_whom_it_belongs()
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        JsonElement made = await _home.NewAsync("alice", "messenger");
        await _home.SucceedAsync("id", "export", "--key", "alice", "--original", _home.File("alice"));
        await _home.SucceedAsync("id", "backup", "--key", "alice", "-b", at);

        using var elsewhere = new Identities();
        await elsewhere.SucceedAsync("id", "import", _home.File("alice"));
        // What was imported knows no DHT identity, and anybody could have put a backup there.
        string keyId = made.GetProperty("dht_key_id").GetString()!;
        CommandResult refused = await elsewhere.RunAsync("id", "restore", "-b", at);
        Assert.Equal(6, refused.ExitCode);
        Assert.Contains(refused.Errors, line => line.Contains("--accept " + keyId, StringComparison.Ordinal));
        JsonElement restored = Json(await elsewhere.SucceedAsync("id", "restore", "--json", "--accept", keyId, "-b", at));
        Assert.Equal(keyId, restored.GetProperty("dht_key_id").GetString());
        await _home.NewAsync("bob", "messenger");
        Assert.Equal(1, (await _home.RunAsync("id", "restore", "--key", "bob", "-b", at)).ExitCode);
        await using Probe mute = new();
        using var third = new Identities();
        await third.SucceedAsync("id", "import", _home.File("alice"));
        Assert.Equal(5, (await third.RunAsync("id", "restore", "--timeout", "10", "-b", mute.Local.ToString())).ExitCode);
    }

    [Fact]
    public async Task A_letter_to_a_fingerprint_is_opened_by_that_user_and_shows_who_sealed_it()
    {
        await using DnaProcess network = await DnaProcess.StartAsync();
        string at = network.Address.ToString();
        JsonElement alice = await _home.NewAsync("alice", "messenger"), bob = await _home.NewAsync("bob", "messenger");
        string to = alice.GetProperty("fingerprint").GetString()!, from = bob.GetProperty("fingerprint").GetString()!;
        CommandResult unknown = await _home.RunAsync("put", "letter", "hello", "--encrypt-to", to, "--key", "bob", "-b", at);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains(unknown.Errors, line => line.Contains("no public keys", StringComparison.Ordinal));

        // A forger's entry beside alice's own, which changes nothing.
        await PublishAsync("bob", to, at);
        Assert.Equal(1, (await _home.RunAsync("put", "letter", "hello", "--encrypt-to", to, "--key", "bob", "-b", at)).ExitCode);
        await PublishAsync("alice", to, at);
        await _home.SucceedAsync("put", "letter", "hello", "--encrypt-to", to, "--key", "bob", "-b", at);
        foreach (string reader in (string[])["alice", "bob"])
        {
            JsonElement got = Json(await _home.SucceedAsync("get", "letter", "--key", reader, "--json", "-b", at));
            Assert.Equal(("hello", from), (got.GetProperty("text").GetString(), got.GetProperty("sealed_by").GetString()));
        }

        await _home.NewAsync("eve", "messenger");
        JsonElement closed = Json(await _home.SucceedAsync("get", "letter", "--key", "eve", "--json", "-b", at));
        Assert.False(closed.TryGetProperty("sealed_by", out _));
        Assert.DoesNotContain("hello"u8.ToArray(), closed.GetProperty("data").GetBytesFromBase64());
    }

    /// <summary>Puts the entry of section 8.1 of the DNA layer under a fingerprint, signed with the keys of one of our identities.</summary>
    private async Task PublishAsync(string name, string fingerprint, string at)
    {
        string basePath = _home.File(name + "-" + fingerprint[..8]);
        await _home.SucceedAsync("id", "export", "--key", name, "--original", basePath);
        using UserIdentity user = OriginalKeyFiles.Read(basePath, new UserSuites(RandomNumberGenerator.Fill), null).Value!;
        byte[] time = [0, 0, 0, 0, 0x69, 0, 0, 0], version = [0, 0, 0, 1];
        byte[] signed = [.. Encoding.ASCII.GetBytes(fingerprint), .. user.Keys.SigningKey.Span, .. user.Keys.EncryptionKey.Span, .. time, .. version, .. Encoding.ASCII.GetBytes(fingerprint)];
        byte[] signature = new byte[user.Suite.SignatureBytes];
        user.Keys.Sign(signed, signature);
        string entry = $$"""
            { "identity": "{{fingerprint}}", "dilithium_pubkey": "{{Convert.ToHexStringLower(user.Keys.SigningKey.Span)}}", "kyber_pubkey": "{{Convert.ToHexStringLower(user.Keys.EncryptionKey.Span)}}", "timestamp": {{0x69000000}}, "version": 1, "fingerprint": "{{fingerprint}}", "signature": "{{Convert.ToHexStringLower(signature)}}" }
            """;
        await File.WriteAllTextAsync(_home.File("entry"), entry);
        byte[] digest = new byte[Sha3.Bytes512];
        Sha3.Hash512(Encoding.ASCII.GetBytes(fingerprint + ":pubkey"), digest);
        await _home.SucceedAsync("put", Convert.ToHexStringLower(digest), "--file", _home.File("entry"), "--type", "365d", "-b", at);
    }

    /// <summary>Who writes and reads: with 2048 bits a derived identity in a key file, with 4096 a random one in PEM files.</summary>
    private async Task<(string Key, InfoHash KeyId)> AliceAsync(int bits)
    {
        if (bits == 2048) return ("alice", InfoHash.OfKey((await _home.NewAsync("alice")).GetProperty("dht_key_id").GetString()!));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(StockIdentity.Thief.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (StockIdentity.Thief.KeyFile, InfoHash.Of(StockIdentity.Thief.Spki));
    }

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(Assert.Single(result.Output)).RootElement;

    private static async Task<string> ExpectAsync(OutputLog log, string text) =>
        (await log.WaitAsync(0, line => line.Contains(text, StringComparison.Ordinal), Patience))?.Line ?? throw new TimeoutException($"'{text}' did not appear:\n{log.Tail()}");
}
