using System.Globalization;

namespace Dna.Fast.Settings;

/// <summary>Who said a value, the weakest first: of several, the strongest counts.</summary>
internal enum ConfigSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>Where a value was said.</summary>
/// <param name="Source">Who.</param>
/// <param name="Name">The file's path, the variable's or the flag's name; empty for a default.</param>
/// <param name="Line">From 1, in a file; else 0.</param>
/// <param name="Column">From 1, in UTF-16 units, in a file; else 0.</param>
internal readonly record struct ConfigPlace(ConfigSource Source, string Name, int Line = 0, int Column = 0)
{
    public static ConfigPlace Default { get; } = new(ConfigSource.Default, "");

    /// <summary><c>FILE:LINE:COLUMN</c>, a variable's or a flag's name, or <c>default</c>.</summary>
    public override string ToString() =>
        Source == ConfigSource.Default ? "default" : Line == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Line}:{Column}");
}

/// <summary>One text of a value (an element, for a list) and where it was said.</summary>
internal readonly record struct ConfigText(string Text, ConfigPlace Place);

/// <summary>A value somebody said, not read yet.</summary>
internal sealed record ConfigEntry(ConfigKey Key, IReadOnlyList<ConfigText> Texts, ConfigPlace Place);
