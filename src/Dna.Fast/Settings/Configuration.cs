using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Settings;

/// <summary>A key's value, and who decided it.</summary>
internal sealed record ConfigValue(ConfigKey Key, object? Value, ConfigPlace Place);

/// <summary>The settings of a node, each with its value: the flag's, else the environment's, else the file's, else the default. Immutable; any thread.</summary>
internal sealed class Configuration
{
    private readonly Dictionary<ConfigKey, ConfigValue> _values;

    private Configuration(Dictionary<ConfigKey, ConfigValue> values, string? file)
    {
        _values = values;
        File = file;
    }

    /// <summary>The file that was read; null: none.</summary>
    public string? File { get; }

    /// <summary>All values, in the order of the keys.</summary>
    public IEnumerable<ConfigValue> Values => ConfigKeys.All.Select(key => _values[key]);

    public T Get<T>(ConfigKey<T> key) => (T)_values[key].Value!;

    public IReadOnlyList<T> Get<T>(ConfigListKey<T> key) => (IReadOnlyList<T>)_values[key].Value!;

    /// <summary>Who decided this key's value.</summary>
    public ConfigSource SourceOf(ConfigKey key) => _values[key].Place.Source;

    /// <summary>Where this key's value was said.</summary>
    public ConfigPlace PlaceOf(ConfigKey key) => _values[key].Place;

    /// <summary>Reads what was said, of several the strongest; the others are read too, for nonsense is a problem wherever it stands.</summary>
    /// <param name="entries">What all sources said, in any order; within one source the last counts.</param>
    /// <param name="problems">What is wrong with them is added here.</param>
    /// <param name="file">The file that was read, or null.</param>
    public static Configuration Resolve(IEnumerable<ConfigEntry> entries, ICollection<ConfigProblem> problems, string? file)
    {
        Dictionary<ConfigKey, ConfigValue> values = ConfigKeys.All.ToDictionary(key => key, key => new ConfigValue(key, key.DefaultValue, ConfigPlace.Default));
        foreach (ConfigEntry entry in entries)
        {
            if (!entry.Key.TryRead(entry.Texts, problems, out object? value)) continue;
            if (values[entry.Key].Place.Source <= entry.Place.Source) values[entry.Key] = new ConfigValue(entry.Key, value, entry.Place);
        }

        return new Configuration(values, file);
    }

    /// <summary>Keys whose values differ, as their texts say them.</summary>
    public IEnumerable<ConfigKey> DifferencesTo(Configuration other) =>
        ConfigKeys.All.Where(key => !key.Format(_values[key].Value).SequenceEqual(key.Format(other._values[key].Value)));
}
