using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store stats</c>: what lies in a running node's store, and who put it there.</summary>
internal static class StoreStatsCommand
{
    /// <summary>A store of millions of values is counted in some seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly Option<string> Data = StatusCommand.DataOption("The data directory of the node to ask");

    private static readonly Option<bool> Json = new("--json") { Description = "Everything, as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "stats",
            "Counts the values of a node running on this machine by type, by age and by source. A count may be some minutes old: age says how many seconds.",
            "dna store stats",
            "dna store stats --json | jq '.sources[0]'")
        {
            Data, Json,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!));
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(Pause);
        while (true)
        {
            (JsonDocument? answer, string problem) = await StatusClient.AskAsync(path, "store").ConfigureAwait(false);
            if (answer is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
            using (answer)
            {
                if (answer.RootElement.GetProperty("taken").GetBoolean())
                {
                    string text = result.GetValue(Json) ? answer.RootElement.GetRawText() : Write(answer.RootElement);
                    await result.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
                    return ExitCode.Ok;
                }
            }

            try
            {
                await timer.WaitForNextTickAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, "the values could not be counted").ConfigureAwait(false);
            }
        }
    }

    private static string Write(JsonElement survey)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{survey.GetProperty("values").GetInt64()} values, {ByteSize.Format(survey.GetProperty("bytes").GetInt64())}");
        foreach ((string name, string title) in ((string, string)[])[("types", "by type"), ("ages", "by age"), ("sources", "by source, the heaviest")])
        {
            text.Append('\n').Append(title);
            foreach (JsonElement entry in survey.GetProperty(name).EnumerateArray())
                text.Append(CultureInfo.InvariantCulture, $"\n  {entry.GetProperty("name").GetString(),-42} {entry.GetProperty("values").GetInt64(),12} {ByteSize.Format(entry.GetProperty("bytes").GetInt64()),12}");
        }

        return text.ToString();
    }
}
