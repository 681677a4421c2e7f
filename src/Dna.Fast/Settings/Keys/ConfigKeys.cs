namespace Dna.Fast.Settings.Keys;

/// <summary>Every setting of a node, in the order of the sample. A new section is a class like its neighbours and a line here.</summary>
internal static class ConfigKeys
{
    /// <summary>Sections with what they are about, for the sample.</summary>
    public static IReadOnlyList<(string Name, string About, IReadOnlyList<ConfigKey> Keys)> Sections { get; } =
    [
        ("node", "The process: where it keeps its state, how many threads it takes", NodeKeys.All),
        ("network", "Where it listens, and whom it joins", NetworkKeys.All),
        ("store", "The values it keeps", StoreKeys.All),
        ("limits", "What others may ask of it", LimitKeys.All),
        ("http", "What it tells over HTTP, to whom", HttpKeys.All),
        ("proxy", "The REST proxy: the network for programs that speak HTTP only", ProxyKeys.All),
        ("log", "What it says on its standard error", LogKeys.All),
    ];

    public static IReadOnlyList<ConfigKey> All { get; } = [.. Sections.SelectMany(section => section.Keys)];

    private static readonly Dictionary<string, ConfigKey> ByPath = All.ToDictionary(key => key.Path);

    public static ConfigKey? Find(string path) => ByPath.GetValueOrDefault(path);

    public static bool IsSection(string name) => Sections.Any(section => section.Name == name);
}
