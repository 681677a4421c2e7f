using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Dna.Fast.Commands.Caches;
using Dna.Fast.Commands.Contacts;
using Dna.Fast.Commands.Doctoring;
using Dna.Fast.Commands.Groups;
using Dna.Fast.Commands.Id;
using Dna.Fast.Commands.Msg;
using Dna.Fast.Commands.Name;
using Dna.Fast.Commands.Presences;
using Dna.Fast.Commands.Probing;
using Dna.Fast.Commands.Profiles;
using Dna.Fast.Commands.Reference;
using Dna.Fast.Commands.Store;
using Dna.Fast.Commands.Walls;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands;

/// <summary>The whole command line of <c>dna</c>.</summary>
internal static class CommandLineRoot
{
    /// <summary>Parses and runs one command line.</summary>
    /// <param name="surroundings">Null: the process's own.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error, Surroundings? surroundings = null)
    {
        // No response files: "@name" is a value somebody may put.
        ParseResult result = Create(surroundings).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // Signals are ours (Interrupt): a node needs its own seconds to end.
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null };
        if (result.Action is not ParseErrorAction wrong) return await result.InvokeAsync(invocation).ConfigureAwait(false);
        // The message and a suggestion say more than the whole help behind them. All of it belongs to the errors.
        wrong.ShowHelp = false;
        invocation.Output = error;
        await result.InvokeAsync(invocation).ConfigureAwait(false);
        await error.WriteLineAsync($"See: {Path(result.CommandResult.Command)} --help").ConfigureAwait(false);
        return ExitCode.Usage;
    }

    internal static RootCommand Create(Surroundings? surroundings = null)
    {
        surroundings ??= new Surroundings();
        var root = new RootCommand("A fast OpenDHT-compatible bootstrap and storage node, and the commands to use one.")
        {
            RunCommand.Create(),
            PutCommand.Create(surroundings),
            GetCommand.Create(surroundings),
            ListenCommand.Create(surroundings),
            PingCommand.Create(),
            StatusCommand.Create(),
            CheckCommand.Create(),
            ConfigCommand.Create(),
            HealthcheckCommand.Create(),
            ProbeCommand.Create(),
            DoctorCommand.Create(),
            DrainCommand.Create(),
            TopCommand.Create(),
            TableCommand.Create(),
            StoreCommand.Create(),
            IdCommand.Create(surroundings),
            NameCommand.Create(surroundings),
            ProfileCommand.Create(surroundings),
            ContactsCommand.Create(surroundings),
            PresenceCommand.Create(surroundings),
            CacheCommand.Create(surroundings),
            MsgCommand.Create(surroundings),
            GroupCommand.Create(surroundings),
            WallCommand.Create(surroundings),
            ReferenceCommands.Completions(),
            ReferenceCommands.Man(),
        };
        foreach (Option option in root.Options)
        {
            if (option is VersionOption) option.Action = new VersionLine();
            if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExamples(help);
        }

        return root;
    }

    private static string Path(Command command) =>
        command is RootCommand ? "dna" : $"{(command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent) : "dna")} {command.Name}";
}
