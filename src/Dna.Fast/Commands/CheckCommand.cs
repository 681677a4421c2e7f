using System.CommandLine;
using System.Globalization;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna check</c>: is the configuration right?</summary>
internal static class CheckCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Problems as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "check",
            "Reads file, environment and options as \"dna run\" does, and says everything that is wrong with them, with line and column. Ends with 0 when nothing is, with 7 when something is.",
            "dna check",
            "dna check --config ./dna.toml",
            "dna check --config ./dna.toml --json | jq '.problems[].message'")
        {
            Json,
        };
        ConfigOptions.AddTo(command);
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        LoadedConfig loaded = ConfigLoader.Load(ConfigOptions.Read(result, ConfigOptions.Environment()));
        TextWriter output = result.InvocationConfiguration.Output, error = result.InvocationConfiguration.Error;
        int code = loaded.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Configuration;
        if (result.GetValue(Json))
        {
            await output.WriteLineAsync(ConfigJson.Problems(loaded)).ConfigureAwait(false);
            return code;
        }

        foreach (ConfigProblem problem in loaded.Problems) await error.WriteLineAsync(problem.ToString()).ConfigureAwait(false);
        string from = loaded.Configuration.File ?? "no configuration file";
        int said = loaded.Configuration.Values.Count(value => value.Place.Source != ConfigSource.Default);
        int wrong = loaded.Problems.Count;
        string verdict = wrong == 0
            ? string.Create(CultureInfo.InvariantCulture, $"ok: {from}; {said} settings are not the default")
            : string.Create(CultureInfo.InvariantCulture, $"{wrong} {(wrong == 1 ? "problem" : "problems")}: {from}");
        await (wrong == 0 ? output : error).WriteLineAsync(verdict).ConfigureAwait(false);
        return code;
    }
}
