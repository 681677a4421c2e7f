using System.CommandLine;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna status</c>: what the node of a data directory is doing.</summary>
internal static class StatusCommand
{
    private static readonly Option<string> Data = DataOption("The data directory of the node to ask");

    private static readonly Option<bool> Json = new("--json") { Description = "Everything, as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "status",
            "Shows what a node running on this machine is doing. Ends with 1 when none runs on that data directory.",
            "dna status",
            "dna status --data /var/lib/dna --json | jq .counters")
        {
            Data, Json,
        };
        command.SetAction((result, _) => AskAsync(result, (Data, Json), "status", StatusTable.Write));
        return command;
    }

    public static Option<string> DataOption(string description) => new("--data")
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory.Path,
    };

    /// <summary>Asks the node of a data directory something, and shows the answer.</summary>
    /// <param name="question">What to ask; see <see cref="StatusSocket"/>.</param>
    /// <param name="write">Makes text of the answer, for people; with <c>--json</c> it is shown as it came.</param>
    /// <returns>The code to end with.</returns>
    internal static async Task<int> AskAsync(ParseResult result, (Option<string> Data, Option<bool> Json) options, string question, Func<JsonElement, string> write)
    {
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(options.Data)!));
        (JsonDocument? answer, string problem) = await StatusClient.AskAsync(path, question).ConfigureAwait(false);
        if (answer is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
        using (answer)
        {
            string text = result.GetValue(options.Json) ? answer.RootElement.GetRawText() : write(answer.RootElement);
            await result.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
            return ExitCode.Ok;
        }
    }
}
