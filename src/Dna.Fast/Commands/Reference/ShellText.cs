namespace Dna.Fast.Commands.Reference;

/// <summary>Texts as shells read them.</summary>
internal static class ShellText
{
    /// <summary>In single quotes, for bash, zsh and sh; a quote inside ends them, comes escaped, and opens them again.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>In single quotes for fish, where a backslash escapes inside them.</summary>
    public static string QuoteForFish(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>The pattern of a case: each in quotes.</summary>
    public static string Alternatives(IEnumerable<string> texts) => string.Join('|', texts.Select(Quote));
}
