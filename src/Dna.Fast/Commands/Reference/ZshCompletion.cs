using System.Globalization;
using System.Text;

namespace Dna.Fast.Commands.Reference;

/// <summary>Completion for zsh, with a description at each word. As a file named <c>_dna</c> in a folder of <c>$fpath</c>.</summary>
internal static class ZshCompletion
{
    public static string Write(CommandNode root)
    {
        var script = new StringBuilder("""
            #compdef dna
            # zsh completion for dna; written by "dna completions zsh".
            _dna() {
                local path_=dna word files=no
                local -a commands options
                integer index
                for ((index = 2; index < CURRENT; index++)); do
                    word=${words[index]}
                    case "$path_ $word" in

            """);
        script.Append(CultureInfo.InvariantCulture, $"            {ShellText.Alternatives(root.All().Skip(1).Select(node => node.Path))}) path_+=\" $word\" ;;\n");
        script.Append("        esac\n    done\n    case \"$path_ ${words[CURRENT-1]}\" in\n");
        foreach (CommandNode node in root.All()) Values(script, node);
        script.Append("    esac\n    case \"$path_\" in\n");
        foreach (CommandNode node in root.All()) Follow(script, node);
        script.Append("""
                esac
                if [[ ${words[CURRENT]} != -* ]]; then
                    (( ! $#commands )) || _describe -t commands command commands
                    [[ $files != yes ]] || _files
                fi
                if [[ ${words[CURRENT]} == -* || $#commands -eq 0 ]]; then _describe -t options option options; fi
            }
            _dna "$@"

            """);
        return script.ToString();
    }

    private static void Values(StringBuilder script, CommandNode node)
    {
        foreach (IGrouping<string, OptionNode> group in node.Options.Where(option => option.Kind != ValueKind.None).GroupBy(Reply))
        {
            string names = ShellText.Alternatives(group.SelectMany(option => option.Names).Select(name => $"{node.Path} {name}"));
            script.Append(CultureInfo.InvariantCulture, $"        {names}) {group.Key}; return ;;\n");
        }
    }

    private static string Reply(OptionNode option) => option.Kind switch
    {
        ValueKind.File => "_files",
        ValueKind.Directory => "_files -/",
        ValueKind.Word => $"compadd -- {string.Join(' ', option.Words)}",
        _ => $"_message {ShellText.Quote(option.ValueName)}",
    };

    private static void Follow(StringBuilder script, CommandNode node)
    {
        script.Append(CultureInfo.InvariantCulture, $"        '{node.Path}')\n            commands=(");
        foreach (CommandNode sub in node.Subcommands) script.Append(' ').Append(Described(sub.Command.Name, sub.Short));
        foreach (string word in node.ArgumentWords) script.Append(' ').Append(ShellText.Quote(word));
        script.Append(CultureInfo.InvariantCulture, $")\n            files={(node.TakesFile ? "yes" : "no")}\n            options=(");
        foreach (OptionNode option in node.Options)
            foreach (string name in option.Names) script.Append(' ').Append(Described(name, option.Description));
        script.Append(")\n            ;;\n");
    }

    // A colon parts the word from its description.
    private static string Described(string word, string description) => ShellText.Quote($"{word.Replace(":", "\\:", StringComparison.Ordinal)}:{description}");
}
