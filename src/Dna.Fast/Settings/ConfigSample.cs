using System.Globalization;
using System.Text;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Settings;

/// <summary>A configuration file with every key, explained and commented out: each line says the default.</summary>
internal static class ConfigSample
{
    /// <summary>Width of comments, in characters.</summary>
    private const int Columns = 100;

    public static string Write()
    {
        var sample = new StringBuilder();
        Comment(sample, "Configuration of a node. Every key is here with its default; take away the # of those to change.");
        Comment(sample, "A flag counts over an environment variable, that over this file, and this file over the default. \"dna check\" reads it and says what is wrong,"
            + " \"dna config\" shows what counts. A running node takes changes of live keys on SIGHUP, others at its next start.");
        foreach ((string name, string about, IReadOnlyList<ConfigKey> keys) in ConfigKeys.Sections)
        {
            sample.Append('\n');
            Comment(sample, about + ".");
            sample.Append(CultureInfo.InvariantCulture, $"[{name}]\n");
            foreach (ConfigKey key in keys) Add(sample, key);
        }

        return sample.ToString();
    }

    private static void Add(StringBuilder sample, ConfigKey key)
    {
        sample.Append('\n');
        Comment(sample, key.Description + ".");
        string fallback = key.DefaultInWords is null ? "" : $" Default: {key.DefaultInWords}.";
        Comment(sample, $"Expected: {key.Expected}.{fallback}");
        string flag = key.Flag is null ? "" : $"{key.Flag}, ";
        Comment(sample, $"{flag}{key.Variable}; {(key.IsLive ? "live" : "needs a restart")}{(key.IsSecret ? "; a secret" : "")}.");
        sample.Append(CultureInfo.InvariantCulture, $"#{key.Name} = {key.Example ?? TomlText.Write(key, key.DefaultValue)}\n");
    }

    private static void Comment(StringBuilder sample, string text)
    {
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > Columns)
            {
                sample.Append(column == 0 ? "# " : "\n# ");
                column = 2;
            }
            else
            {
                sample.Append(' ');
                column++;
            }

            sample.Append(word);
            column += word.Length;
        }

        sample.Append('\n');
    }
}
