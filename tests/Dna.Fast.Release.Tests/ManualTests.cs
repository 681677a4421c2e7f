using System.Text.RegularExpressions;
using Dna.Fast.Commands.Reference;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Release.Tests;

/// <summary>Manual pages as the package carries them.</summary>
public sealed partial class ManualTests(UnpackedDeb deb) : IClassFixture<UnpackedDeb>
{
    private const string Commands = "usr/share/man/man1/dna.1", Settings = "usr/share/man/man5/dna.toml.5";

    [Theory]
    [InlineData(Commands)]
    [InlineData(Settings)]
    public async Task No_formatter_warns_of_a_page(string page)
    {
        Ended groff = await Tool.SucceedAsync("groff", "-man", "-Tutf8", "-ww", "-z", deb.File(page));
        Assert.Empty(groff.Output.Concat(groff.Errors));
        // It asks for style, too.
        Ended mandoc = await Tool.RunAsync("mandoc", "-T", "lint", deb.File(page));
        Assert.Empty(mandoc.Output.Concat(mandoc.Errors));
    }

    [Fact]
    public async Task The_page_of_commands_has_every_command_with_its_options_and_examples()
    {
        string page = await FormatAsync(Commands);
        foreach (CommandNode node in CommandNode.Root().All().Where(node => node.Subcommands.Count == 0))
        {
            Match section = Regex.Match(page, $@"^   {Regex.Escape(node.Path)}(?: .*)?\n((?:(?:       .*)?\n)*)", RegexOptions.Multiline);
            Assert.True(section.Success, $"{node.Path} has no section");
            foreach (OptionNode option in node.Options.Where(option => option.Long != "--help")) Assert.Contains(option.Long, section.Groups[1].Value, StringComparison.Ordinal);
            if (node.Command is Commands.DnaCommand command)
                foreach (string example in command.Examples) Assert.Contains(example, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_of_settings_has_every_key_with_its_default_and_variable()
    {
        string page = Spaces().Replace(await FormatAsync(Settings), " ");
        foreach (ConfigKey key in ConfigKeys.All)
        {
            Assert.Contains($" {key.Name} = ", page, StringComparison.Ordinal);
            Assert.Contains($"{key.Description}. Expected: {key.Expected}. Default: {key.DefaultText}.", page, StringComparison.Ordinal);
            Assert.Contains(key.Variable, page, StringComparison.Ordinal);
        }
    }

    // Wide, so that no line is broken, and plain.
    private async Task<string> FormatAsync(string page) =>
        Overstruck().Replace((await Tool.SucceedAsync("mandoc", "-T", "utf8", "-O", "width=1000", deb.File(page))).Text, "");

    // Bold is the same letter again over the first, italics a letter over a line.
    [GeneratedRegex(".\b")]
    private static partial Regex Overstruck();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
