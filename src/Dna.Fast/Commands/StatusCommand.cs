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
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    public static Option<string> DataOption(string description) => new("--data")
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory.Path,
    };

    private static async Task<int> RunAsync(ParseResult result)
    {
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!));
        (JsonDocument? answer, string problem) = await StatusClient.AskAsync(path).ConfigureAwait(false);
        if (answer is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
        using (answer)
        {
            string text = result.GetValue(Json) ? answer.RootElement.GetRawText() : StatusTable.Write(answer.RootElement);
            await result.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
            return ExitCode.Ok;
        }
    }
}
