using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Settings.Sources;

/// <summary>What somebody probably meant by a key that is none.</summary>
internal static class UnknownName
{
    /// <returns>A key's path, or null.</returns>
    public static string? Suggest(string path)
    {
        string name = path[(path.LastIndexOf('.') + 1)..];
        string section = path[..Math.Max(0, path.LastIndexOf('.'))];
        // In the same section first; then the right name in the wrong one; then anything near.
        return NearestName.Of(name, ConfigKeys.All.Where(key => key.Section == section).Select(key => key.Name)) is { } neighbour ? $"{section}.{neighbour}"
            : ConfigKeys.All.FirstOrDefault(key => key.Name == name || key.Flag == "--" + name.Replace('_', '-'))?.Path
            ?? NearestName.Of(path, ConfigKeys.All.Select(key => key.Path));
    }
}
