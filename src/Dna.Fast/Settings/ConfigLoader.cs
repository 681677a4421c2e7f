using Dna.Fast.Settings.Keys;
using Dna.Fast.Settings.Sources;

namespace Dna.Fast.Settings;

/// <summary>Where a configuration comes from.</summary>
internal sealed record ConfigInputs
{
    /// <summary>The file of <c>--config</c>; null: the variable's, else the default one if it exists.</summary>
    public string? File { get; init; }

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the command line said.</summary>
    public IReadOnlyList<ConfigEntry> Flags { get; init; } = [];

    /// <summary>Where the file is looked for when nobody names one.</summary>
    public string DefaultFile { get; init; } = ConfigFile.DefaultPath;
}

/// <summary>A configuration as it was read. With problems it must not be used: what could not be read has its default.</summary>
internal sealed record LoadedConfig(Configuration Configuration, IReadOnlyList<ConfigProblem> Problems);

/// <summary>Reads file, environment and flags into one configuration.</summary>
internal static class ConfigLoader
{
    public static LoadedConfig Load(ConfigInputs inputs)
    {
        string? path = PathOf(inputs);
        (IReadOnlyList<ConfigEntry> fromFile, IReadOnlyList<ConfigProblem> inFile) = path is null ? ([], []) : ConfigFile.Read(path);
        (IReadOnlyList<ConfigEntry> fromEnvironment, IReadOnlyList<ConfigProblem> inEnvironment) = EnvironmentEntries.Read(inputs.Environment);
        var problems = new List<ConfigProblem>(inFile);
        problems.AddRange(inEnvironment);
        var configuration = Configuration.Resolve([.. fromFile, .. fromEnvironment, .. inputs.Flags], problems, path);
        problems.AddRange(ProxyKeys.Check(configuration));
        ConfigProblem[] ordered = [.. problems.OrderBy(p => p.Place.Source).ThenBy(p => p.Place.Line).ThenBy(p => p.Place.Column).ThenBy(p => p.Place.Name, StringComparer.Ordinal)];
        return new LoadedConfig(configuration, ordered);
    }

    private static string? PathOf(ConfigInputs inputs)
    {
        if (inputs.File is not null) return inputs.File;
        if (inputs.Environment.TryGetValue(EnvironmentEntries.FileVariable, out string? named) && named.Length > 0) return named;
        return Path.Exists(inputs.DefaultFile) ? inputs.DefaultFile : null;
    }
}
