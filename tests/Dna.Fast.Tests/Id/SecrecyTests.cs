using System.Text.Json;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Tests.Id;

/// <summary>Whatever a command writes, also when it fails, has nothing of the secrets in it.</summary>
public sealed class SecrecyTests : IDisposable
{
    private readonly IdBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("messenger")]
    [InlineData("fast")]
    public async Task No_output_has_a_passphrase_a_word_or_a_key(string suite)
    {
        JsonElement made = await _bench.NewAsync(suite, "--words", "24");
        string mnemonic = made.GetProperty("mnemonic").GetString()!;
        await RunAllAsync(suite, mnemonic);
        _bench[PassphraseSource.Variable] = "a secret mistake";
        await RunAllAsync(suite, "wrongword " + mnemonic);
        _bench[PassphraseSource.Variable] = null;
        using var person = new FakeTerminal([.. Enumerable.Repeat("typed secret", 100)]);
        await _bench.RunAsync(person, "", ["id", "show", "--check"]);
        await _bench.RunAsync(person, "", ["id", "recover", "--name", "p"]);

        string written = _bench.Written;
        Assert.NotEmpty(written);
        foreach (string secret in Secrets(suite, mnemonic)) Assert.DoesNotContain(secret, written, StringComparison.OrdinalIgnoreCase);
    }

    private async Task RunAllAsync(string suite, string words)
    {
        _bench[PassphraseSource.NewVariable] = _bench.Home + " new secret";
        string[][] commands =
        [
            ["id", "show"],
            ["id", "show", "--check", "--json"],
            ["id", "recover", "--words-file", "-", "--suite", suite, "--dht-bits", "2048", "--name", "again", "--json"],
            ["id", "recover", "--words-file", "-", "--suite", suite, "--dht-bits", "2048", "--name", "again"],
            ["id", "export", "--original", _bench.File("o"), "--dht", _bench.File("d")],
            ["id", "import", _bench.File("o"), "--name", "imported", "--json"],
            ["id", "import", "--dht", _bench.File("d"), "--key", "again", "--replace"],
            ["id", "backup", "--file-only"],
            ["id", "restore", "--file-only"],
            ["put", "key", "value", "--sign", "-b", "127.0.0.1:1", "--timeout", "1"],
            ["get", "key", "--key", "identity", "-b", "127.0.0.1:1", "--timeout", "1", "--json"],
            ["listen", "key", "--key", "identity", "-b", "127.0.0.1:1", "--timeout", "1"],
            ["id", "publish", "-b", "127.0.0.1:1", "--timeout", "1", "--json"],
            ["name", "register", "alice", "-b", "127.0.0.1:1", "--timeout", "1"],
            ["profile", "set", "--bio", "x", "-b", "127.0.0.1:1", "--timeout", "1"],
            ["contacts", "add", new string('a', 128), "-b", "127.0.0.1:1", "--timeout", "1"],
            ["contacts", "list", "--json"],
            ["id", "passwd"],
            ["id", "show", "--check"],
        ];
        foreach (string[] command in commands) await _bench.RunAsync(null, words, command);
    }

    private List<string> Secrets(string suite, string mnemonic)
    {
        var random = new UserSuites(System.Security.Cryptography.RandomNumberGenerator.Fill);
        using Mnemonic words = Mnemonic.Parse(mnemonic, out _)!;
        byte[] master = new byte[Mnemonic.MasterBytes];
        words.DeriveMaster([], master);
        using IIdentityKeys keys = random.Find(suite)!.FromMaster(master);
        byte[] signing = new byte[random.Find(suite)!.PrivateSigningKeyBytes], encryption = new byte[random.Find(suite)!.PrivateEncryptionKeyBytes];
        keys.ExportPrivate(signing, encryption);
        string pem = File.Exists(_bench.File("d.pem")) ? File.ReadAllText(_bench.File("d.pem")) : "";
        var secrets = new List<string> { IdBench.Passphrase, "a secret mistake", "typed secret", "new secret", "wrongword", "PRIVATE KEY" };
        if (pem.Length > 0) secrets.Add(pem.Split('\n')[5]);
        // Single words are words of the language; two in a row of a mnemonic are not to be found by chance.
        string[] list = mnemonic.Split(' ');
        secrets.AddRange(Enumerable.Range(0, list.Length - 1).Select(i => list[i] + " " + list[i + 1]));
        // What is behind the public part of a FIPS 204 key, and the middle of the others.
        byte[] key = signing.Length > 64 ? signing[32..64] : signing;
        foreach (byte[] bytes in (byte[][])[master[..24], master[24..48], key[..24], encryption[..24]])
        {
            secrets.Add(Convert.ToHexString(bytes));
            secrets.Add(Convert.ToBase64String(bytes));
        }

        return secrets;
    }
}
