using System.Globalization;
using System.Text;

namespace Dna.Fast.Settings;

/// <summary>Values as they stand in a configuration file.</summary>
internal static class TomlText
{
    /// <summary>Characters of somebody's text that a message repeats: enough to find it by.</summary>
    private const int ShortCharacters = 80;

    /// <summary>A value as TOML; an unset text is the empty string.</summary>
    public static string Write(ConfigKey key, object? value)
    {
        IReadOnlyList<string> texts = key.Format(value);
        return key.Kind switch
        {
            ConfigKind.List => $"[{string.Join(", ", texts.Select(Quote))}]",
            ConfigKind.Number or ConfigKind.Switch => texts[0],
            _ => Quote(texts.Count == 0 ? "" : texts[0]),
        };
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Somebody's text for a message: on one line, and not endless.</summary>
    public static string Short(string text, int characters = ShortCharacters) =>
        text.Length > characters ? OneLine(text[..characters]) + "…" : OneLine(text);

    /// <summary>Without line ends and other controls, and without halves of characters: a stranger's text begins no line of its own.</summary>
    public static string OneLine(string text) => string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? "?" : rune.ToString()));
}
