using System.Text.Json;
using System.Text.RegularExpressions;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Tests.Id;

public sealed partial class IdNewAndRecoverTests : IDisposable
{
    private readonly IdBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_words_are_shown_on_the_terminal_and_nowhere_else()
    {
        using var person = new FakeTerminal(IdBench.Passphrase, IdBench.Passphrase);
        IdResult made = await _bench.RunAsync(person, "", ["id", "new", "--suite", "fast", "--words", "12", "--dht-bits", "2048", "--name", "alice"]);
        Assert.Equal(ExitCode.Ok, made.Code);
        string[] words = [.. NumberedWord().Matches(made.Screen).Select(match => match.Groups[1].Value)];
        Assert.Equal(12, words.Length);
        using Mnemonic? mnemonic = Mnemonic.Parse(string.Join(' ', words), out MnemonicProblem problem);
        Assert.Equal(MnemonicStatus.Ok, problem.Status);
        Assert.Contains("shown this once", made.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain(words[0] + " ", made.Output + made.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(string.Join(' ', words[..3]), made.Output + made.Error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_bench.Folder, "alice.key"), made.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_bench.Folder));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_bench.Folder, "alice.key")));
        }
    }

    [Fact]
    public async Task Without_a_terminal_and_without_json_nothing_is_made()
    {
        _bench[PassphraseSource.Variable] = IdBench.Passphrase;
        IdResult made = await _bench.RunAsync("id", "new");
        Assert.Equal(ExitCode.Identity, made.Code);
        Assert.Contains("--json", made.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_bench.Folder));
    }

    [Theory]
    [InlineData("messenger", "12")]
    [InlineData("messenger", "24")]
    [InlineData("fast", "18")]
    public async Task Recover_gives_the_same_identity_in_another_home(string suite, string words)
    {
        JsonElement made = await _bench.NewAsync(suite, "--words", words);
        string mnemonic = made.GetProperty("mnemonic").GetString()!;
        Assert.Equal(int.Parse(words, System.Globalization.CultureInfo.InvariantCulture), mnemonic.Split(' ').Length);
        IdResult shown = await _bench.RunAsync("id", "show", "--json");
        using var other = new IdBench();
        other[PassphraseSource.Variable] = "another passphrase";
        IdResult recovered = await other.RunAsync(null, mnemonic + "\n", ["id", "recover", "--words-file", "-", "--suite", suite, "--dht-bits", "2048", "--json"]);
        Assert.True(recovered.Code == ExitCode.Ok, recovered.ToString());
        foreach (string name in (string[])["fingerprint", "dht_key_id", "dht_long_id", "signing_key", "encryption_key", "suite"])
        {
            Assert.Equal(made.GetProperty(name).GetString(), shown.Json.GetProperty(name).GetString());
            Assert.Equal(made.GetProperty(name).GetString(), recovered.Json.GetProperty(name).GetString());
        }
    }

    [Fact]
    public async Task A_person_types_the_words_and_is_told_the_bad_one_and_what_is_near_to_it()
    {
        string mnemonic = (await _bench.NewAsync()).GetProperty("mnemonic").GetString()!;
        string[] words = mnemonic.Split(' ');
        string mistyped = words[4] + "x";
        words[4] = mistyped;
        using var person = new FakeTerminal(string.Join(' ', words), mnemonic);
        IdResult recovered = await _bench.RunAsync(person, "", ["id", "recover", "--suite", "fast", "--dht-bits", "2048", "--out", _bench.File("again.key")]);
        Assert.Equal(ExitCode.Ok, recovered.Code);
        Assert.Contains("word 5 is not in the English word list; near to it: ", recovered.Screen, StringComparison.Ordinal);
        Assert.Contains(mnemonic.Split(' ')[4], recovered.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("near to it", recovered.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(mistyped, recovered.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abandon abandon abandon", "12, 15, 18, 21 or 24 words, not 3")]
    [InlineData("abandon abandon abandon abandon abandon zzz abandon abandon abandon abandon abandon about", "word 6")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", "checksum")]
    public async Task Bad_words_from_a_file_name_their_place_and_nothing_of_the_words(string words, string told)
    {
        await File.WriteAllTextAsync(_bench.File("words"), words);
        IdResult recovered = await _bench.RunAsync("id", "recover", "--words-file", _bench.File("words"));
        Assert.Equal(ExitCode.Identity, recovered.Code);
        Assert.Contains(told, recovered.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("abandon", recovered.All, StringComparison.Ordinal);
        Assert.DoesNotContain("zzz", recovered.All, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_bench.Folder));
    }

    [Fact]
    public async Task Three_wrong_tries_end_it()
    {
        using var person = new FakeTerminal("one", "two", "three", "four");
        IdResult recovered = await _bench.RunAsync(person, "", ["id", "recover"]);
        Assert.Equal(ExitCode.Identity, recovered.Code);
        Assert.Equal(1, person.Left);
    }

    [Fact]
    public async Task A_taken_place_is_told_before_anything_is_asked()
    {
        await _bench.NewAsync();
        using var person = new FakeTerminal("never", "asked");
        foreach (string command in (string[])["new", "recover"])
        {
            IdResult second = await _bench.RunAsync(person, "", ["id", command]);
            Assert.Equal(ExitCode.Identity, second.Code);
            Assert.Contains("there is already a file", second.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, person.Left);
    }

    [Fact]
    public async Task A_passphrase_is_typed_twice_and_may_not_be_empty()
    {
        string[] command = ["id", "new", "--suite", "fast", "--json"];
        using var differing = new FakeTerminal("one passphrase", "another passphrase");
        Assert.Contains("not the same", (await _bench.RunAsync(differing, "", command)).Error, StringComparison.Ordinal);
        using var empty = new FakeTerminal("", "");
        Assert.Contains("empty", (await _bench.RunAsync(empty, "", command)).Error, StringComparison.Ordinal);
        using var leaving = new FakeTerminal((string?)null);
        Assert.Contains("no passphrase", (await _bench.RunAsync(leaving, "", command)).Error, StringComparison.Ordinal);
        Assert.Contains(PassphraseSource.Variable, (await _bench.RunAsync(command)).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_bench.Folder));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("id", "new", "--words", "13")]
    [InlineData("id", "new", "--suite", "slow")]
    [InlineData("id", "new", "--dht-bits", "1024")]
    [InlineData("id", "new", "extra")]
    [InlineData("id", "recover", "abandon")]
    [InlineData("id", "export")]
    [InlineData("id", "import")]
    [InlineData("id", "import", "base", "--key", "k")]
    [InlineData("put", "key", "value", "--key", "k")]
    [InlineData("put", "key", "value", "--encrypt-to", "me")]
    [InlineData("put", "key", "value", "--encrypt-to", "")]
    public async Task Wrong_command_lines_end_with_2(params string[] arguments)
    {
        IdResult result = await _bench.RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [GeneratedRegex(@"\d+\. ([a-z]+)")]
    private static partial Regex NumberedWord();
}
