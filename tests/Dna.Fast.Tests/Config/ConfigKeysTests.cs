using System.CommandLine;
using Dna.Fast.Commands;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Tests.Config;

/// <summary>What every key owes its users, whoever adds one.</summary>
public sealed class ConfigKeysTests
{
    public static TheoryData<string> Paths => [.. ConfigKeys.All.Select(key => key.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_default_is_a_value_that_can_be_said(string path)
    {
        ConfigKey key = ConfigKeys.Find(path)!;
        IReadOnlyList<string> texts = key.Format(key.DefaultValue);
        if (texts.Count == 0) return;
        var problems = new List<ConfigProblem>();
        Assert.True(key.TryRead([.. texts.Select(text => new ConfigText(text, ConfigPlace.Default))], problems, out object? read));
        Assert.Equal(texts, key.Format(read));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_key_is_named_and_described_as_the_others_are(string path)
    {
        ConfigKey key = ConfigKeys.Find(path)!;
        Assert.Matches("^[a-z]+\\.[a-z][a-z0-9_]*$", key.Path);
        Assert.EndsWith("_" + key.Name.ToUpperInvariant(), key.Variable, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Description[^1], ".:");
        Assert.NotEmpty(key.Expected);
        Assert.True(ConfigKeys.IsSection(key.Section));
        if (key.Flag is not null) Assert.Matches("^--[a-z][a-z-]*$", key.Flag);
        // Everybody on a machine can read a command line.
        if (key.IsSecret) Assert.Null(key.Flag);
        if (key.Kind == ConfigKind.List) Assert.NotNull(key.DefaultInWords);
    }

    [Fact]
    public void Keys_variables_and_flags_are_unique()
    {
        Assert.Distinct(ConfigKeys.All.Select(key => key.Path));
        Assert.Distinct(ConfigKeys.All.Select(key => key.Variable));
        Assert.Distinct(ConfigKeys.All.SelectMany(key => key.FlagAliases.Append(key.Flag)).OfType<string>());
    }

    [Fact]
    public void Every_key_with_a_flag_is_an_option_of_run_check_and_config_whose_help_says_default_and_variable()
    {
        foreach (string name in (string[])["run", "check", "config"])
        {
            Command command = CommandLineRoot.Create().Subcommands.Single(command => command.Name == name);
            foreach (ConfigKey key in ConfigKeys.All.Where(key => key.Flag is not null))
            {
                Option option = command.Options.Single(option => option.Name == key.Flag);
                Assert.Equal($"{key.Description} [default: {key.DefaultText}; {key.Variable}]", option.Description);
            }
        }
    }

    [Fact]
    public void Every_flag_says_what_the_file_says()
    {
        // The sample's values, said by flags, are the file's.
        string sample = SampleTests.Uncommented();
        (Configuration file, IReadOnlyList<ConfigProblem> problems) = TomlDocumentTests.Read(sample);
        Assert.Empty(problems);
        List<string> line = ["run"];
        foreach (ConfigValue value in file.Values.Where(value => value.Key.Flag is not null))
        {
            foreach (string text in value.Key.Format(value.Value)) line.AddRange([value.Key.Flag!, text]);
        }

        ParseResult result = CommandLineRoot.Create().Parse(line);
        Assert.Empty(result.Errors);
        var none = new Dictionary<string, string>();
        LoadedConfig loaded = ConfigLoader.Load(ConfigOptions.Read(result, none) with { DefaultFile = "/nonexistent/dna.toml" });
        Assert.Empty(loaded.Problems);
        Assert.Equal([], loaded.Configuration.DifferencesTo(file).Where(key => key.Flag is not null));
    }
}
