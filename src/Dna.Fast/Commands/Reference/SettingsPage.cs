using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Commands.Reference;

/// <summary>dna.toml(5): every setting of a node, from the list of keys.</summary>
internal static class SettingsPage
{
    /// <param name="date">Of the page, YYYY-MM-DD.</param>
    public static string Write(string date)
    {
        var page = new Roff("dna.toml", 5, date, "File Formats");
        page.Section("NAME").Text("dna.toml - configuration of a node of dna(1)");
        page.Section("DESCRIPTION").Text("A TOML file of tables and keys; what it does not say has its default. dna run reads /etc/dna/dna.toml, or what --config or DNA_CONFIG names.");
        page.Paragraph("A flag counts over an environment variable, that over the file, and the file over the default. "
            + "dna check says everything that is wrong with a configuration, with line and column; dna config shows what counts and who said it; dna config --sample writes a file with every key.");
        page.Paragraph("On SIGHUP a node reads everything again. Either all of it is right and the live keys that changed are taken, or nothing is; it says which keys wait for a restart.");
        foreach ((string name, string about, IReadOnlyList<ConfigKey> keys) in ConfigKeys.Sections)
        {
            page.Section($"[{name}]").Text(about + ".");
            foreach (ConfigKey key in keys) page.Term(key.Name, $"= {key.Example ?? TomlText.Write(key, key.DefaultValue)}", Describe(key));
        }

        page.Section("FILES").Term("/etc/dna/dna.toml", "", "The file that is read when nothing names another.");
        page.Section("SEE ALSO").Text("dna(1)");
        return page.ToString();
    }

    private static string Describe(ConfigKey key)
    {
        string flag = key.Flag is null ? "" : $"{key.Flag}, ";
        string secret = key.IsSecret ? " A secret: refused from a file that others can read." : "";
        return $"{key.Description}. Expected: {key.Expected}. Default: {key.DefaultText}. Also {flag}{key.Variable}; {(key.IsLive ? "live" : "needs a restart")}.{secret}";
    }
}
