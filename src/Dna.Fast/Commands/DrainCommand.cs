using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Hosting.Draining;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna drain</c>: a node says goodbye.</summary>
internal static class DrainCommand
{
    private const int TimeoutSecondsDefault = 60;
    private const int TimeoutSecondsMax = 86_400;

    /// <summary>A node that stops is gone within ten seconds; a busy machine gets twice that.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private static readonly Option<string> Data = StatusCommand.DataOption("The data directory of the node to drain");

    private static readonly TextOption<int> Timeout = Texts.Option<int>(
        "--timeout", "Seconds for handing values over; then it stops all the same", "S", ($"{TimeoutSecondsDefault}", TimeoutSecondsDefault),
        SettingTexts.Number(1, TimeoutSecondsMax), "a number of seconds from 1 to 86400");

    private static readonly Option<bool> Stay = new("--no-hand-over") { Description = "Hand no values over: they stay on the disk, for a node that comes back at once" };

    private static readonly Option<bool> Json = new("--json") { Description = "The last numbers as one JSON object; progress as one a line on the standard error" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "drain",
            "Lets a node of this machine leave: it is not ready any more, sees to it that other nodes have its values, answers nothing new and stops. "
            + "Ends with 0 when it is gone and other nodes have all of its values, with 1 when some are on its disk alone or it did not stop. Once begun it goes on, also after Ctrl-C; say it again to watch.",
            "dna drain --data /var/lib/dna",
            "dna drain --timeout 600 --json",
            "dna drain --no-hand-over")
        {
            Data, Timeout, Stay, Json,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        TextWriter error = result.InvocationConfiguration.Error;
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!));
        try
        {
            (JsonDocument? status, string problem) = await StatusClient.AskAsync(path).ConfigureAwait(false);
            if (status is null) return await ClientCommand.FailAsync(error, ExitCode.Failed, problem).ConfigureAwait(false);
            ProcessWatch process;
            using (status) process = new ProcessWatch(status.RootElement.GetProperty("process").GetInt32());
            JsonElement? last = await WatchAsync(result, path, interrupt.Token).ConfigureAwait(false);
            if (last is not { } end) return await ClientCommand.FailAsync(error, ExitCode.Failed, "the node broke off: it was ended otherwise, or is of another version").ConfigureAwait(false);
            bool isGone = await process.IsGoneAsync(StopPatience, interrupt.Token).ConfigureAwait(false);
            return await SayAsync(result, end, isGone).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return await ClientCommand.FailAsync(error, ExitCode.Failed, "not watched any longer; the node goes on draining").ConfigureAwait(false);
        }
    }

    /// <returns>The last word of the node; null when it had none.</returns>
    private static async Task<JsonElement?> WatchAsync(ParseResult result, string path, CancellationToken cancellation)
    {
        string question = string.Create(CultureInfo.InvariantCulture, $"drain {Timeout.Read(result)}{(result.GetValue(Stay) ? " stay" : "")}");
        (StatusTalk? talk, string _) = await StatusTalk.OpenAsync(path, question, cancellation).ConfigureAwait(false);
        if (talk is null) return null;
        using (talk)
        {
            string said = "";
            while (await talk.NextAsync(cancellation).ConfigureAwait(false) is { } progress)
            {
                if (!progress.TryGetProperty("phase", out JsonElement phase)) return null;
                if (phase.GetString() == DrainProgress.Stopping) return progress;
                string line = result.GetValue(Json) ? progress.GetRawText() : Text(progress);
                if (line != said) await result.InvocationConfiguration.Error.WriteLineAsync(line).ConfigureAwait(false);
                said = line;
            }
        }

        return null;
    }

    private static async Task<int> SayAsync(ParseResult result, JsonElement end, bool isGone)
    {
        long left = end.GetProperty("left").GetInt64();
        string text = result.GetValue(Json)
            ? JsonLine.Write(json =>
            {
                json.WriteBoolean("ok", isGone && left == 0);
                json.WriteBoolean("stopped", isGone);
                foreach (JsonProperty member in end.EnumerateObject().Where(member => member.Name != "phase")) member.WriteTo(json);
            })
            : $"{(isGone ? "stopped" : "STILL RUNNING")}: {Text(end)}";
        await result.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
        if (!isGone) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, "the node has drained and did not end").ConfigureAwait(false);
        if (left == 0) return ExitCode.Ok;
        return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, "what is left is safe on this node's disk, and served when it runs again").ConfigureAwait(false);
    }

    private static string Text(JsonElement progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.GetProperty("handed_over").GetInt64()} of {progress.GetProperty("values").GetInt64()} values are at other nodes, {progress.GetProperty("left").GetInt64()} are not");
}
