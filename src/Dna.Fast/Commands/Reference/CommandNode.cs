using System.CommandLine;
using System.CommandLine.Help;

namespace Dna.Fast.Commands.Reference;

/// <summary>A command as manual pages and completions see it: the words that lead to it, and what may follow them.</summary>
/// <param name="Path">All words: <c>dna id new</c>.</param>
/// <param name="Subcommands">Those that are shown.</param>
internal sealed record CommandNode(string Path, Command Command, IReadOnlyList<OptionNode> Options, IReadOnlyList<CommandNode> Subcommands)
{
    /// <summary>The whole command line as a tree.</summary>
    public static CommandNode Root() => Of("dna", CommandLineRoot.Create());

    /// <summary>The node itself and all below it, parents first.</summary>
    public IEnumerable<CommandNode> All() => Subcommands.SelectMany(command => command.All()).Prepend(this);

    /// <summary>A text in one sentence, for a list: the description up to its first full stop or colon.</summary>
    public string Short
    {
        get
        {
            string text = Command.Description ?? "";
            int end = text.AsSpan().IndexOf(". ");
            return end < 0 ? text.TrimEnd('.') : text[..end];
        }
    }

    /// <summary>Words that an argument may be; empty: anything.</summary>
    public IReadOnlyList<string> ArgumentWords => [.. Command.Arguments.SelectMany(argument => Words.Of(argument))];

    /// <summary>An argument is a file.</summary>
    public bool TakesFile => Command.Arguments.Any(argument => OptionNode.FileNames.Contains(argument.HelpName ?? argument.Name));

    private static CommandNode Of(string path, Command command)
    {
        // Said by the root, and so everywhere.
        IEnumerable<Option> options = command.Options.Concat(command is RootCommand ? [] : Inherited(command));
        return new CommandNode(
            path,
            command,
            [.. options.Where(option => !option.Hidden).Select(OptionNode.Of)],
            [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => Of($"{path} {sub.Name}", sub))]);
    }

    private static IEnumerable<Option> Inherited(Command command)
    {
        for (Command? at = command.Parents.OfType<Command>().FirstOrDefault(); at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            foreach (Option option in at.Options.Where(option => option.Recursive || option is HelpOption)) yield return option;
        }
    }
}

/// <summary>What may stand behind an option's name.</summary>
internal enum ValueKind
{
    /// <summary>Nothing: a switch.</summary>
    None,

    /// <summary>A text nobody can guess.</summary>
    Text,

    File,

    Directory,

    /// <summary>One of a few words.</summary>
    Word,
}

/// <summary>An option of a command.</summary>
/// <param name="Names">As people type them, short ones first: <c>-b</c>, <c>--bootstrap</c>.</param>
/// <param name="ValueName">What the help calls the value; empty for a switch.</param>
internal sealed record OptionNode(IReadOnlyList<string> Names, string Description, ValueKind Kind, string ValueName, IReadOnlyList<string> Words)
{
    /// <summary>What help texts call a file.</summary>
    public static readonly IReadOnlyList<string> FileNames = ["FILE", "F", "X.pem", "BASE"];

    public string Long => Names[^1];

    public static OptionNode Of(Option option)
    {
        // Help's further names are Windows' and Unix' of old: known, not offered.
        string[] names = [.. option.Aliases.Append(option.Name).Where(name => name.StartsWith('-') && name != "-?").Distinct().OrderBy(name => name.Length)];
        string valueName = option.HelpName ?? "VALUE";
        IReadOnlyList<string> words = Reference.Words.Of(option);
        bool isSwitch = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0;
        ValueKind kind = (isSwitch, valueName) switch
        {
            (true, _) => ValueKind.None,
            (_, "DIR") => ValueKind.Directory,
            _ when FileNames.Contains(valueName) => ValueKind.File,
            _ => words.Count > 0 ? ValueKind.Word : ValueKind.Text,
        };
        return new OptionNode(names, option.Description ?? "", kind, isSwitch ? "" : valueName, kind == ValueKind.Word ? words : []);
    }
}
