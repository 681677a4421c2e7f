using System.Text.RegularExpressions;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Tests.Config;

public sealed partial class SampleTests
{
    [Fact]
    public void The_sample_in_the_project_is_what_the_program_writes() =>
        Assert.Equal(ConfigSample.Write(), File.ReadAllText(Path.Combine(Root(), "tools", "deploy", "dna.toml")));

    [Fact]
    public void The_sample_as_it_is_changes_nothing()
    {
        (Configuration configuration, IReadOnlyList<ConfigProblem> problems) = TomlDocumentTests.Read(ConfigSample.Write());
        Assert.Empty(problems);
        Assert.All(configuration.Values, value => Assert.Equal(ConfigSource.Default, value.Place.Source));
    }

    [Fact]
    public void The_sample_without_its_marks_says_every_key_and_says_the_default_where_there_is_one()
    {
        (Configuration configuration, IReadOnlyList<ConfigProblem> problems) = TomlDocumentTests.Read(Uncommented());
        Assert.Empty(problems);
        foreach (ConfigValue value in configuration.Values)
        {
            Assert.True(value.Place.Source == ConfigSource.File, value.Key + " is not in the sample");
            if (value.Key.Example is null) Assert.Equal(value.Key.Format(value.Key.DefaultValue), value.Key.Format(value.Value));
        }
    }

    [Fact]
    public void Every_key_is_explained_in_the_sample()
    {
        string prose = Regex.Replace(ConfigSample.Write(), "\n# ", " ");
        foreach (ConfigKey key in ConfigKeys.All)
        {
            foreach (string part in (string[])[key.Description, key.Expected, key.Variable]) Assert.Contains(part, prose, StringComparison.Ordinal);
        }
    }

    /// <summary>The sample with every key said.</summary>
    internal static string Uncommented() => Mark().Replace(ConfigSample.Write(), "$1");

    private static string Root()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Dna.Fast.sln"))) return at.FullName;

        throw new InvalidOperationException("The tests run inside a clone of the project.");
    }

    [GeneratedRegex("^#([a-z_]+ = )", RegexOptions.Multiline)]
    private static partial Regex Mark();
}
