using Dna.Fast.Commands.Reference;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>Completions as the package carries them, tried in the shells themselves.</summary>
public sealed class CompletionTests(UnpackedDeb deb) : IClassFixture<UnpackedDeb>
{
    private static readonly string Typing = Path.Combine(Repository.Root, "tests", "Dna.Fast.Release.Tests", "Shells", "complete.py");

    /// <summary>Each is typed, then a tab, then return: what the program gets is looked at.</summary>
    public static TheoryData<string, string, string> Typed { get; } = new MatrixTheoryData<string, (string Line, string Words)>(
        ["bash", "zsh"],
        [
            ("dna msg se", "msg send"),
            ("dna contacts request acc", "contacts request accept"),
            ("dna run --log-for", "run --log-format"),
            ("dna run --log-format j", "run --log-format json"),
            ("dna wall vote x u", "wall vote x up"),
            ("dna run --config /etc/os-rel", "run --config /etc/os-release"),
        ]).Select(row => (row.Data.Item1, row.Data.Item2.Line, row.Data.Item2.Words)).Aggregate(new TheoryData<string, string, string>(), (data, row) =>
        {
            data.Add(row.Item1, row.Line, row.Words);
            return data;
        });

    [Theory]
    [MemberData(nameof(Typed))]
    public async Task A_tab_completes_it(string shell, string line, string words)
    {
        string file = shell == "bash" ? deb.File("usr/share/bash-completion/completions/dna") : deb.File("usr/share/zsh/vendor-completions/_dna");
        Ended ended = await Tool.SucceedAsync("python3", Typing, shell, file, line);
        Assert.Equal(words, string.Join(' ', ended.Output));
    }

    [Theory]
    [InlineData("dna msg ", "check send watch")]
    [InlineData("dna run --log-format ", "json text")]
    [InlineData("dna contacts request a", "accept")]
    [InlineData("dna wall vote x ", "down up")]
    [InlineData("dna run --config /etc/os-rel", "/etc/os-release")]
    [InlineData("dna run --bo", "--bootstrap")]
    public async Task Fish_offers_it(string line, string words)
    {
        Ended ended = await Tool.SucceedAsync("fish", "--no-config", "-c", $"source {deb.File("usr/share/fish/vendor_completions.d/dna.fish")}; complete -C '{line}'");
        Assert.Equal(words, string.Join(' ', ended.Output.Select(offer => offer.Split('\t')[0]).Order(StringComparer.Ordinal)));
    }

    /// <summary>Each shell reads its file without a complaint, and each file knows all of the program.</summary>
    [Theory]
    [InlineData("bash", "usr/share/bash-completion/completions/dna")]
    [InlineData("zsh", "usr/share/zsh/vendor-completions/_dna")]
    [InlineData("fish", "usr/share/fish/vendor_completions.d/dna.fish")]
    public async Task A_completion_knows_every_command_and_option(string shell, string path)
    {
        Ended read = await Tool.SucceedAsync(shell, "-n", deb.File(path));
        Assert.Empty(read.Errors);
        string text = await File.ReadAllTextAsync(deb.File(path));
        foreach (CommandNode node in CommandNode.Root().All())
        {
            Assert.Contains(node.Path, text, StringComparison.Ordinal);
            foreach (OptionNode option in node.Options) Assert.Contains(shell == "fish" ? $"-l {option.Long[2..]} " : option.Long, text, StringComparison.Ordinal);
        }
    }
}
