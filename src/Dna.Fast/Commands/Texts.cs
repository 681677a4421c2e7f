using System.CommandLine;
using System.CommandLine.Parsing;
using Dna.Fast.Commands.Reference;

namespace Dna.Fast.Commands;

/// <summary>An option with a value for when it is not said. (The library would show that value by its type's name.)</summary>
internal sealed class TextOption<T>(string name, T fallback, params string[] aliases) : Option<T>(name, aliases)
{
    public T Read(ParseResult result) => result.GetResult(this) is null ? fallback : result.GetValue(this)!;
}

/// <summary>Options and arguments whose text is read by one of the project's own parsers.</summary>
internal static class Texts
{
    public delegate bool TryParse<T>(string text, out T value);

    public delegate bool TryParseWithProblem<T>(string text, out T? value, out string? problem);

    /// <summary>An option of one text.</summary>
    /// <param name="fallback">The value when the option is not said; the help says the text in front of it.</param>
    /// <param name="expected">For people: what the text should have been.</param>
    public static TextOption<T> Option<T>(string name, string description, string helpName, (string Text, T Value) fallback, TryParse<T> parse, string expected) =>
        new(name, fallback.Value)
        {
            Description = fallback.Text.Length == 0 ? description : $"{description} [default: {fallback.Text}]",
            HelpName = helpName,
            CustomParser = result => Read(result, parse, expected),
            CompletionSources = { Words.In(expected).ToArray() },
        };

    /// <summary>An option that may be said more than once, or with several texts.</summary>
    public static Option<T[]> ListOption<T>(string name, string[] aliases, string description, string helpName, TryParseWithProblem<T> parse) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => ReadAll(result, parse),
    };

    private static T? Read<T>(ArgumentResult result, TryParse<T> parse, string expected)
    {
        string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (parse(text, out T value)) return value;
        result.AddError($"{Name(result)}: '{text}' is not {expected}.");
        return default;
    }

    private static T[] ReadAll<T>(ArgumentResult result, TryParseWithProblem<T> parse)
    {
        var values = new List<T>();
        foreach (Token token in result.Tokens)
        {
            if (parse(token.Value, out T? value, out string? problem)) values.Add(value!);
            else result.AddError($"{Name(result)}: {problem}.");
        }

        return [.. values];
    }

    private static string Name(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
}
