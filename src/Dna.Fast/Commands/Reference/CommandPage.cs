using System.CommandLine;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Commands.Reference;

/// <summary>dna(1): every command with its options, from the tree that parses them.</summary>
internal static class CommandPage
{
    private static readonly (int Code, string Meaning)[] Codes =
    [
        (ExitCode.Ok, "Done."),
        (ExitCode.Failed, "It failed, or nothing was found."),
        (ExitCode.Usage, "The command line is wrong."),
        (ExitCode.AddressInUse, "Another program has the address."),
        (ExitCode.Store, "The store or a user's folder cannot be used, or another process has it."),
        (ExitCode.Unreachable, "No node answered, or too few in time: whether it exists is not known."),
        (ExitCode.Identity, "The identity cannot be used: no key file, a wrong passphrase, a damaged file, one that others can read."),
        (ExitCode.Configuration, "The configuration is wrong."),
        (ExitCode.Taken, "It exists already: somebody else has the name."),
    ];

    /// <param name="date">Of the page, YYYY-MM-DD.</param>
    public static string Write(CommandNode root, string date)
    {
        var page = new Roff("dna", 1, date, "User Commands");
        page.Section("NAME").Text("dna - a fast node of OpenDHT networks, and the commands to use one");
        page.Section("SYNOPSIS").Text("dna COMMAND [ARGUMENT]... [OPTION]...");
        page.Section("DESCRIPTION").Text(root.Command.Description!);
        page.Paragraph("dna run is the node: it serves others and keeps their values. The other commands ask a node: one of the network (-b), or the one of this machine (--data).");
        page.Section("COMMANDS");
        foreach (CommandNode node in root.All().Where(node => node.Subcommands.Count == 0)) AddCommand(page, node);
        page.Section("EXIT STATUS");
        foreach ((int code, string meaning) in Codes) page.Term(code.ToString(System.Globalization.CultureInfo.InvariantCulture), "", meaning);
        page.Section("ENVIRONMENT");
        page.Term("DNA_CONFIG", "", "The configuration file, where --config does not say one.");
        page.Term("DNA_PASSPHRASE", "", "The passphrase of key files, where --passphrase-file does not say one.");
        page.Term("XDG_STATE_HOME", "", "Where a node keeps its state when nothing else says it: in dna below it.");
        foreach (ConfigKey key in ConfigKeys.All) page.Term(key.Variable, "", $"{key.Path} of dna.toml(5).");
        page.Section("FILES");
        page.Term("/etc/dna/dna.toml", "", "Configuration of a node, see dna.toml(5).");
        page.Term("~/.local/state/dna", "", "Values, id and known nodes; /var/lib/dna for the service.");
        page.Term("~/.dna", "", "Key files of users.");
        page.Section("SIGNALS");
        page.Term("SIGTERM, SIGINT", "", "Ends dna run: what it acknowledged is on the disk, and the nodes it knows are kept.");
        page.Term("SIGHUP", "", "Makes dna run read its configuration again.");
        page.Section("SEE ALSO").Text("dna.toml(5)");
        return page.ToString();
    }

    private static void AddCommand(Roff page, CommandNode node)
    {
        page.Subsection($"{node.Path}{string.Concat(node.Command.Arguments.Select(Usage))}").Text(node.Command.Description!);
        foreach (Argument argument in node.Command.Arguments.Where(argument => argument.Description is not null)) page.Term(argument.HelpName ?? argument.Name, "", argument.Description + ".");
        foreach (OptionNode option in node.Options.Where(option => option.Long != "--help")) page.Term(string.Join(", ", option.Names), option.ValueName, option.Description + ".");
        if (node.Command is DnaCommand { Examples.Count: > 0 } command) page.Example(command.Examples);
    }

    private static string Usage(Argument argument)
    {
        string name = argument.HelpName ?? argument.Name;
        string usage = argument.Arity.MaximumNumberOfValues > 1 ? name + "..." : name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $" [{usage}]" : $" {usage}";
    }
}
