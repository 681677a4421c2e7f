using System.CommandLine;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Workload;
using Spectre.Console;

namespace Dna.Fast.LoadGen.Cli;

/// <summary>The commands <c>ping</c>, <c>find</c>, <c>get</c>, <c>put</c> and <c>mixed</c>.</summary>
internal static class LoadCommand
{
    public static Command Create(string name, Mix mix, string description, params string[] examples)
    {
        var command = new Command(name, Examples.Append(description, examples));
        var set = new LoadOptionSet(name, mix);
        set.AddTo(command);
        command.SetAction((parsed, stop) =>
            Task.FromResult(Guard.Run(() => Run(set.Read(parsed), set.Json(parsed), set.Html(parsed), stop))));
        return command;
    }

    private static int Run(LoadOptions options, string? json, string? html, CancellationToken stop)
    {
        var progress = new LiveProgress();
        using Session session = Session.Open(options, progress.Say);
        session.Prepare(options);
        RunResult result = LoadRunner.Run(session, options, progress, stop);
        return Finish(result, json, html);
    }

    /// <summary>Shows and writes a result.</summary>
    /// <returns>The exit code.</returns>
    public static int Finish(RunResult result, string? json, string? html)
    {
        TableReport.Write(AnsiConsole.Console, result);
        if (json != null) JsonFile.Write(json, result, LoadJson.Default.RunResult);
        if (html != null) File.WriteAllText(html, HtmlReport.Page(result));
        Verdict.Check(result);
        return ExitCode.Ok;
    }
}
