using System.CommandLine;
using Dna.Fast.LoadGen.Listen;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The command <c>listen</c>.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        Option<int> listeners = LoadOptionSet.Number("--listeners", 100, 1, 1_000_000,
            "listeners; with fewer --keys than listeners each value is pushed several times");
        var command = new Command("listen", Examples.Append(
            "Subscribes listeners, puts values under their keys (200 a second, or --rate), and measures the time from a put to each push. Counts missing and\nduplicate pushes.",
            ["listen 127.0.0.1:4222", "listen 127.0.0.1:4222 --listeners 10000 --keys 10000 --rate 1000",
                "listen 127.0.0.1:4222 --listeners 500 --keys 5 --duration 30s"]));
        var set = new LoadOptionSet("listen", Mix.Only(RequestKind.Put));
        set.AddTo(command);
        command.Options.Add(listeners);
        command.SetAction((parsed, stop) => Task.FromResult(Guard.Run(() =>
        {
            LoadOptions options = set.Read(parsed);
            if (options.ValueBytes.Any(b => b > ListenRunner.ValueBytesMax))
            {
                throw LoadException.Usage($"listen takes values of up to {ListenRunner.ValueBytesMax} bytes",
                    "give a smaller --value-bytes");
            }

            var progress = new LiveProgress();
            using Session session = Session.Open(options, progress.Say);
            return LoadCommand.Finish(ListenRunner.Run(session, options, parsed.GetValue(listeners), progress, stop), set.Json(parsed),
                set.Html(parsed));
        })));
        return command;
    }
}
