using System.CommandLine;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Scale;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The command <c>scale</c>, which <c>tools/bench --million</c> calls.</summary>
internal static class ScaleCommand
{
    public static Command Create()
    {
        Option<string> rival = new("--rival") { Description = "NAME=COMMAND of the node; {port} and {dir} in the command are replaced", Required = true };
        Option<int> values = LoadOptionSet.Number("--values", 1_000_000, 1000, 100_000_000, "values in the large store");
        Option<int> bytes = LoadOptionSet.Number("--value-bytes", 200, 1, 500, "data bytes of each");
        Option<int> starts = LoadOptionSet.Number("--starts", 20, 1, 1000, "starts in empty directories, and as many again in used ones");
        Option<int> rounds = LoadOptionSet.Number("--rounds", 5, 1, 100, "measurements of gets, of the small and of the large store in turn");
        Option<int> kills = LoadOptionSet.Number("--kills", 5, 1, 100, "SIGKILLs with the large store");
        Option<string> duration = LoadOptionSet.Duration("--duration", "2500ms", "length of one measurement");
        Option<string> warmUp = LoadOptionSet.Duration("--warm-up", "500ms", "load before each");
        Option<int> port = LoadOptionSet.Number("--port", 26_222, 1024, 65_000, "first port; each start takes the next");
        Option<string?> json = new("--json") { Description = "write the figures to this file" };
        Option<string?> markdown = new("--markdown") { Description = "write the table into this file, between its two marks" };
        var command = new Command("scale", Examples.Append(
            "Measures what many values cost a node: its starts, gets beside those of a small store, memory, and its return after SIGKILL.\nPin the node to a core by its command, and this program to another: 'tools/bench --million' does both.",
            ["scale --rival 'dna=taskset -c 0 dna run --port {port} --data {dir} --rate-limit off' --json scale.json"]));
        Option[] options = [rival, values, bytes, starts, rounds, kills, duration, warmUp, port, json, markdown];
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Guard.Run(() =>
        {
            string text = parsed.GetValue(rival)!;
            if (!Rival.TryParse(text, out Rival? server) || !text.Contains("{dir}", StringComparison.Ordinal))
            {
                throw LoadOptionSet.Unclear("--rival", text, "write NAME=COMMAND with {port} and {dir} in the command");
            }

            using IDisposable signals = Leftovers.WatchSignals();
            var plan = new ScalePlan((uint)parsed.GetValue(values), parsed.GetValue(bytes), parsed.GetValue(starts), parsed.GetValue(rounds),
                parsed.GetValue(kills), LoadOptionSet.Positive(parsed, duration), LoadOptionSet.Time(parsed, warmUp));
            ScaleResult result = new ScaleRunner(server!, plan, (ushort)parsed.GetValue(port), Console.Error.WriteLine).Run(stop);
            if (parsed.GetValue(json) is { } file) JsonFile.Write(file, result, LoadJson.Default.ScaleResult);
            CompareCommand.ShowTable(ScaleTable.Of(result), parsed.GetValue(markdown), ScaleTable.Begin, ScaleTable.End);
            return CompareCommand.Judge(ScaleTable.FaultsOf(result));
        })));
        return command;
    }
}
