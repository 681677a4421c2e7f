using System.CommandLine;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The command <c>compare</c>, which <c>tools/bench</c> calls.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Option<string[]> rivals =
            new("--rival") { Description = "NAME=COMMAND, once per server; {port} and {dir} in the command are replaced. The first is what the ratios refer to", Required = true };
        Option<int> rounds = LoadOptionSet.Number("--rounds", 5, 1, 100, "how often each server is started and measured");
        Option<int> apart = LoadOptionSet.Number("--apart-rounds", 3, 0, 100, "in so many of them also with as many sockets as requests open");
        Option<string> duration = LoadOptionSet.Duration("--duration", "1500ms", "length of one measurement");
        Option<string> warmUp = LoadOptionSet.Duration("--warm-up", "400ms", "load before each");
        Option<int> keys = LoadOptionSet.Number("--keys", 10_000, 1, 100_000_000, "number of different keys");
        Option<int> port = LoadOptionSet.Number("--port", 24_222, 1024, 65_000, "first port; each start takes the next");
        Option<string?> json = new("--json") { Description = "write the figures to this file" };
        Option<string?> markdown = new("--markdown") { Description = "write the table into this file, between its two marks" };
        var command = new Command("compare", Examples.Append(
            "Starts servers in turn and measures each: ping, find, get, put and put of a seven-day type, at their peak and at half of it.\nPin the servers to a core by their command, and this program to another: 'tools/bench' does both.",
            ["compare --rival 'echo=taskset -c 0 dna-load echo --port {port}' --rival 'dhtnode=taskset -c 0 dhtnode -s -U -p {port}' --json result.json"]));
        Option[] options = [rivals, rounds, apart, duration, warmUp, keys, port, json, markdown];
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Guard.Run(() =>
        {
            List<Rival> servers = [];
            foreach (string text in parsed.GetValue(rivals)!)
            {
                if (!Rival.TryParse(text, out Rival? rival))
                {
                    throw LoadOptionSet.Unclear("--rival", text, "write NAME=COMMAND with {port} in the command");
                }
                servers.Add(rival!);
            }

            var load = new LoadOptions
            {
                Command = "compare",
                Node = NodeAddress.V4(0x7F00_0001, 1),
                Mix = Mix.Usual,
                Keys = (uint)parsed.GetValue(keys),
                DurationNs = LoadOptionSet.Positive(parsed, duration),
                WarmUpNs = LoadOptionSet.Time(parsed, warmUp),
                Spin = true,
            };
            using IDisposable signals = Leftovers.WatchSignals();
            Comparison result = new Comparer(servers, load, (ushort)parsed.GetValue(port),
                Console.Error.WriteLine).Run(parsed.GetValue(rounds), parsed.GetValue(apart), stop);
            return Finish(result, parsed.GetValue(json), parsed.GetValue(markdown));
        })));
        return command;
    }

    private static int Finish(Comparison result, string? json, string? markdown)
    {
        if (json != null) JsonFile.Write(json, result, LoadJson.Default.Comparison);
        ShowTable(MarkdownTable.Of(result), markdown, MarkdownTable.Begin, MarkdownTable.End);
        return Judge(Validity.JudgedFaultsOf(result));
    }

    /// <summary>Prints a table and puts it between two marks of a file, if there is one.</summary>
    /// <exception cref="LoadException">The file lacks the marks.</exception>
    internal static void ShowTable(string table, string? markdown, string begin, string end)
    {
        Console.WriteLine(table);
        if (markdown == null) return;
        if (!MarkdownTable.TryPlace(File.ReadAllText(markdown), table, out string document, begin, end))
        {
            throw new LoadException(ExitCode.Failed, $"{markdown} lacks the marks between which the table belongs", $"add the lines '{begin}' and '{end}'");
        }

        File.WriteAllText(markdown, document);
    }

    /// <summary>The exit code, after everything is written.</summary>
    /// <exception cref="LoadException">The figures say nothing.</exception>
    internal static int Judge(IReadOnlyList<string> faults)
    {
        if (faults.Count == 0) return ExitCode.Ok;
        throw new LoadException(ExitCode.Failed, $"these figures are invalid: {string.Join("; ", faults)}",
            "measure again with nothing else running; what stays wrong is a defect of the server");
    }
}
