using Dna.Fast.Settings;

namespace Dna.Fast.Tests.Config;

/// <summary>A configuration file, an environment and flags of a test's own.</summary>
internal sealed class ConfigBench : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dna-config-").FullName;

    public string File => Path.Combine(_directory, "dna.toml");

    public Dictionary<string, string> Environment { get; } = [];

    public List<ConfigEntry> Flags { get; } = [];

    public ConfigBench Write(string toml)
    {
        System.IO.File.WriteAllText(File, toml);
        return this;
    }

    public ConfigBench Say(ConfigKey key, string text)
    {
        var place = new ConfigPlace(ConfigSource.Flag, key.Flag!);
        Flags.Add(new ConfigEntry(key, [new ConfigText(text, place)], place));
        return this;
    }

    public ConfigInputs Inputs => new() { Environment = Environment, Flags = Flags, DefaultFile = File };

    public LoadedConfig Load() => ConfigLoader.Load(Inputs);

    /// <summary>A configuration that must be right.</summary>
    public Configuration Get()
    {
        LoadedConfig loaded = Load();
        Assert.Empty(loaded.Problems);
        return loaded.Configuration;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
