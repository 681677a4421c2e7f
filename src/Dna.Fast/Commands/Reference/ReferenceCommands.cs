using System.CommandLine;
using System.Globalization;

namespace Dna.Fast.Commands.Reference;

/// <summary><c>dna completions</c> and <c>dna man</c>: what shells and manuals know of the command line. Hidden: packages ask for them once.</summary>
internal static class ReferenceCommands
{
    /// <summary>Seconds since 1970 that stand for now, so that a package is the same whenever it is built (reproducible-builds.org).</summary>
    private const string BuildTime = "SOURCE_DATE_EPOCH";

    public static Command Completions()
    {
        var shell = new Argument<string>("bash|zsh|fish") { Description = "The shell" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new DnaCommand(
            "completions",
            "Writes the completion of a shell, for all commands and options of this very program.",
            "source <(dna completions bash)",
            "dna completions zsh > /usr/local/share/zsh/site-functions/_dna",
            "dna completions fish > ~/.config/fish/completions/dna.fish")
        {
            shell,
        };
        command.Hidden = true;
        command.SetAction((result, _) => WriteAsync(result, result.GetValue(shell) switch
        {
            "bash" => BashCompletion.Write(CommandNode.Root()),
            "zsh" => ZshCompletion.Write(CommandNode.Root()),
            _ => FishCompletion.Write(CommandNode.Root()),
        }));
        return command;
    }

    public static Command Man()
    {
        var name = new Argument<string>("dna.1|dna.toml.5") { Description = "The page", DefaultValueFactory = _ => "dna.1" };
        name.AcceptOnlyFromAmong("dna.1", "dna.toml.5");
        var command = new DnaCommand(
            "man",
            "Writes a manual page: dna.1 of the commands, dna.toml.5 of the settings.",
            "dna man | man -l -",
            "dna man dna.toml.5 > /usr/local/share/man/man5/dna.toml.5")
        {
            name,
        };
        command.Hidden = true;
        command.SetAction((result, _) => WriteAsync(result, result.GetValue(name) == "dna.1" ? CommandPage.Write(CommandNode.Root(), Date()) : SettingsPage.Write(Date())));
        return command;
    }

    private static string Date()
    {
        DateTimeOffset time = long.TryParse(Environment.GetEnvironmentVariable(BuildTime), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : TimeProvider.System.GetUtcNow();
        return time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static async Task<int> WriteAsync(ParseResult result, string text)
    {
        await result.InvocationConfiguration.Output.WriteAsync(text).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
