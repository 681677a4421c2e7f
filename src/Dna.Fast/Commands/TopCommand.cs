using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;

namespace Dna.Fast.Commands;

/// <summary><c>dna top</c>: what a node is doing now, again and again.</summary>
internal static class TopCommand
{
    /// <summary>Clears the screen and goes to its corner (ECMA-48).</summary>
    private const string Clear = "\u001b[H\u001b[2J";

    private static readonly Option<string> Data = StatusCommand.DataOption("The data directory of the node to ask");

    private static readonly TextOption<int> Interval = Texts.Option<int>(
        "--interval", "Seconds between looks", "S", ("2", 2), TrySeconds, "a number of seconds from 1 to 60");

    private static readonly Option<bool> Once = new("--once") { Description = "Two looks, one screen, and the end: for scripts" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "top",
            "Shows rates, contacts, store and health of a node running on this machine, live, until Ctrl-C.",
            "dna top",
            "dna top --data /var/lib/dna --interval 5",
            "dna top --once")
        {
            Data, Interval, Once,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!));
        TextWriter output = result.InvocationConfiguration.Output;
        bool isOnce = result.GetValue(Once);
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Interval.Read(result)));
        JsonElement? before = null;
        long beforeAt = 0;
        while (true)
        {
            (JsonDocument? answer, string problem) = await StatusClient.AskAsync(path).ConfigureAwait(false);
            if (answer is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
            JsonElement now;
            using (answer) now = answer.RootElement.Clone();
            if (before is not null || !isOnce)
            {
                string frame = TopFrame.Write(before, now, before is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(beforeAt));
                await output.WriteLineAsync(isOnce ? frame : Clear + frame).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
                if (isOnce) return ExitCode.Ok;
            }

            (before, beforeAt) = (now, Stopwatch.GetTimestamp());
            try
            {
                if (!await timer.WaitForNextTickAsync(interrupt.Token).ConfigureAwait(false)) return ExitCode.Ok;
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Ok;
            }
        }
    }

    private static bool TrySeconds(string text, out int seconds) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds is >= 1 and <= 60;
}
