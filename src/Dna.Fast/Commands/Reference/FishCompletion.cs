using System.Globalization;
using System.Text;

namespace Dna.Fast.Commands.Reference;

/// <summary>Completion for fish 3, with a description at each word.</summary>
internal static class FishCompletion
{
    public static string Write(CommandNode root)
    {
        var script = new StringBuilder("""
            # fish completion for dna; written by "dna completions fish".
            function __dna_path
                set -l path dna
                for word in (commandline -opc)[2..-1]
                    switch "$path $word"

            """);
        script.Append(CultureInfo.InvariantCulture, $"            case {string.Join(' ', root.All().Skip(1).Select(node => ShellText.QuoteForFish(node.Path)))}\n");
        script.Append("""
                            set path "$path $word"
                    end
                end
                echo $path
            end
            function __dna_at
                test (__dna_path) = "$argv[1]"
            end
            complete -c dna -f

            """);
        foreach (CommandNode node in root.All()) Add(script, node);
        return script.ToString();
    }

    private static void Add(StringBuilder script, CommandNode node)
    {
        string start = $"complete -c dna -n {ShellText.QuoteForFish($"__dna_at \"{node.Path}\"")}";
        foreach (CommandNode sub in node.Subcommands)
            script.Append(CultureInfo.InvariantCulture, $"{start} -a {sub.Command.Name} -d {ShellText.QuoteForFish(sub.Short)}\n");
        if (node.ArgumentWords.Count > 0) script.Append(CultureInfo.InvariantCulture, $"{start} -a {ShellText.QuoteForFish(string.Join(' ', node.ArgumentWords))}\n");
        if (node.TakesFile) script.Append(CultureInfo.InvariantCulture, $"{start} -F\n");
        foreach (OptionNode option in node.Options)
        {
            script.Append(start);
            foreach (string name in option.Names) script.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}");
            script.Append(Value(option)).Append(CultureInfo.InvariantCulture, $" -d {ShellText.QuoteForFish(option.Description)}\n");
        }
    }

    private static string Value(OptionNode option) => option.Kind switch
    {
        ValueKind.None => "",
        ValueKind.File => " -rF",
        ValueKind.Directory => " -xa '(__fish_complete_directories)'",
        ValueKind.Word => $" -xa {ShellText.QuoteForFish(string.Join(' ', option.Words))}",
        _ => " -x",
    };
}
