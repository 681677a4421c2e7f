namespace Dna.Fast.Settings;

/// <summary>What is wrong with a configuration, for people: where, what, and what was expected. It never holds a secret.</summary>
/// <param name="Key">The key in question, such as <c>network.port</c>, or what was taken for one; empty when it is about the file.</param>
/// <param name="Suggestion">The key that was probably meant, or null.</param>
internal sealed record ConfigProblem(ConfigPlace Place, string Key, string Message, string? Suggestion = null)
{
    /// <summary>Characters of a message that are said; what is longer repeats somebody's endless text.</summary>
    private const int MessageCharacters = 400;

    /// <summary>On one line, whatever the file holds.</summary>
    public override string ToString()
    {
        string key = Key.Length == 0 ? "" : $"{Key}: ";
        string suggestion = Suggestion is null ? "" : $"; did you mean {Suggestion}?";
        return TomlText.OneLine($"{Place}: {key}{TomlText.Short(Message, MessageCharacters)}{suggestion}");
    }
}
