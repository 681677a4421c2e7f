using System.Globalization;
using System.Text;

namespace Dna.Fast.Commands.Reference;

/// <summary>Completion for bash 4.2 and newer: one function that knows the whole tree, so that a key press starts no process.</summary>
internal static class BashCompletion
{
    public static string Write(CommandNode root)
    {
        var script = new StringBuilder("""
            # bash completion for dna; written by "dna completions bash".
            _dna() {
                local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path=dna word index
                for ((index = 1; index < COMP_CWORD; index++)); do
                    word=${COMP_WORDS[index]}
                    case "$path $word" in

            """);
        Line(script, 12, $"{ShellText.Alternatives(root.All().Skip(1).Select(node => node.Path))}) path+=\" $word\" ;;");
        script.Append("        esac\n    done\n    COMPREPLY=()\n    case \"$path $before\" in\n");
        foreach (CommandNode node in root.All()) Values(script, node);
        script.Append("    esac\n    local words= files=no\n    case \"$path\" in\n");
        foreach (CommandNode node in root.All()) Follow(script, node);
        script.Append("""
                esac
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
                if [ "$files" = yes ] && [[ $current != -* ]]; then
                    compopt -o filenames 2>/dev/null
                    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
                fi
            }
            complete -F _dna dna

            """);
        return script.ToString();
    }

    // What follows an option that takes a value.
    private static void Values(StringBuilder script, CommandNode node)
    {
        foreach (IGrouping<string, OptionNode> group in node.Options.Where(option => option.Kind != ValueKind.None).GroupBy(Reply))
            Line(script, 8, $"{ShellText.Alternatives(group.SelectMany(option => option.Names).Select(name => $"{node.Path} {name}"))}) {group.Key}return ;;");
    }

    private static string Reply(OptionNode option) => option.Kind switch
    {
        ValueKind.File => "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); ",
        ValueKind.Directory => "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); ",
        ValueKind.Word => $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', option.Words)}' -- \"$current\"); ",
        _ => "",
    };

    private static void Follow(StringBuilder script, CommandNode node)
    {
        IEnumerable<string> words = node.Subcommands.Select(sub => sub.Command.Name).Concat(node.ArgumentWords).Concat(node.Options.SelectMany(option => option.Names));
        Line(script, 8, $"'{node.Path}') words='{string.Join(' ', words)}'{(node.TakesFile ? " files=yes" : "")} ;;");
    }

    private static void Line(StringBuilder script, int indent, string text) => script.Append(CultureInfo.InvariantCulture, $"{new string(' ', indent)}{text}\n");
}
