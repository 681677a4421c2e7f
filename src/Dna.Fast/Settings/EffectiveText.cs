using System.Globalization;
using System.Text;

namespace Dna.Fast.Settings;

/// <summary>The settings that count, as a configuration file whose comments say who decided each.</summary>
internal static class EffectiveText
{
    /// <summary>Where the comments begin, for values of the usual length.</summary>
    private const int CommentColumn = 44;

    public static string Write(Configuration configuration) => Write(configuration.Values, configuration.File);

    internal static string Write(IEnumerable<ConfigValue> values, string? file)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {file ?? "no configuration file"}\n");
        string section = "";
        foreach (ConfigValue value in values)
        {
            if (value.Key.Section != section)
            {
                section = value.Key.Section;
                text.Append(CultureInfo.InvariantCulture, $"\n[{section}]\n");
            }

            string line = value.Key.IsSecret
                ? $"# {value.Key.Name} {(value.Value is null ? "is not set" : "is set, and not shown")}"
                : $"{value.Key.Name} = {TomlText.Write(value.Key, value.Value)}";
            text.Append(line.PadRight(CommentColumn)).Append(CultureInfo.InvariantCulture, $" # {value.Place}\n");
        }

        return text.ToString().TrimEnd();
    }
}
