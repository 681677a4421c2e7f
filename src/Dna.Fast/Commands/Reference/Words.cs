using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.RegularExpressions;

namespace Dna.Fast.Commands.Reference;

/// <summary>The few words a value may be, where it may be no others.</summary>
internal static partial class Words
{
    /// <summary>Reads the texts that say what is expected: <c>text or json</c>, <c>debug, info or off</c>.</summary>
    /// <returns>The words; empty when the text lists none.</returns>
    public static IReadOnlyList<string> In(string expected) =>
        List().Match(expected) is { Success: true } list ? [.. list.Groups[1].Captures.Select(word => word.Value), list.Groups[2].Value] : [];

    /// <summary>An option's: those it completes to, or those of a value name such as <c>7d|30d|N</c>, where capitals stand for anything.</summary>
    public static IReadOnlyList<string> Of(Option option)
    {
        if (option.ValueType == typeof(bool)) return [];
        string[] words = [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        if (words.Length > 0 || option.HelpName?.Contains('|', StringComparison.Ordinal) != true) return words;
        return [.. option.HelpName.Split('|').Where(word => word.Length > 0 && !word.Any(char.IsAsciiLetterUpper))];
    }

    /// <summary>An argument's.</summary>
    public static IReadOnlyList<string> Of(Argument argument) => [.. argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    [GeneratedRegex("^(?:([a-z0-9]+)(?:, | or ))+(?<=or )([a-z0-9]+)$")]
    private static partial Regex List();
}
