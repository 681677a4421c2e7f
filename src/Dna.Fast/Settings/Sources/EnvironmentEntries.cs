using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Settings.Sources;

/// <summary>What environment variables say.</summary>
internal static class EnvironmentEntries
{
    /// <summary>The variable that names the configuration file.</summary>
    public const string FileVariable = "DNA_CONFIG";

    private static readonly char[] Separators = [',', ' ', '\t', '\n'];

    /// <remarks>
    /// An empty variable says nothing. A variable that is nearly ours is a problem; others whose name begins like ours are left alone, for orchestrators make some up
    /// from the names of services.
    /// </remarks>
    public static (IReadOnlyList<ConfigEntry> Entries, IReadOnlyList<ConfigProblem> Problems) Read(IReadOnlyDictionary<string, string> variables)
    {
        var entries = new List<ConfigEntry>();
        var problems = new List<ConfigProblem>();
        Dictionary<string, ConfigKey> ours = ConfigKeys.All.ToDictionary(key => key.Variable);
        foreach ((string name, string value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (value.Length == 0 || !name.StartsWith("DNA_", StringComparison.OrdinalIgnoreCase)) continue;
            var place = new ConfigPlace(ConfigSource.Environment, name);
            if (ours.TryGetValue(name, out ConfigKey? key)) entries.Add(new ConfigEntry(key, TextsOf(key, value, place), place));
            else if (IsMistyped(name, ours.Keys) is { } meant) problems.Add(new ConfigProblem(place, "", "there is no such variable", meant));
        }

        return (entries, problems);
    }

    private static ConfigText[] TextsOf(ConfigKey key, string value, ConfigPlace place) => key.Kind == ConfigKind.List
        ? [.. value.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(text => new ConfigText(text, place))]
        : [new ConfigText(value, place)];

    // Two changes at most: DNA_NETWORK_PROT, not DNA_HTTP_SERVICE_PORT.
    private static string? IsMistyped(string name, IEnumerable<string> ours) =>
        NearestName.Of(name.ToUpperInvariant(), ours) is { } near && NearestName.Distance(name.ToUpperInvariant(), near) <= 2 ? near : null;
}
