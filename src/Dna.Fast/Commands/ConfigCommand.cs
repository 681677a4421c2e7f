using System.CommandLine;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna config</c>: what counts, and a sample of what can be said.</summary>
internal static class ConfigCommand
{
    private static readonly Option<bool> Effective = new("--effective") { Description = "Every setting with its value and where it was said [default]" };

    private static readonly Option<bool> Sample = new("--sample") { Description = "A configuration file with every key, explained and commented out" };

    private static readonly Option<bool> Json = new("--json") { Description = "The settings as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "config",
            "Shows the settings \"dna run\" would have with the same options, each with where it was said. What is shown is a configuration file itself; secrets are left out.",
            "dna config",
            "dna config --effective --json | jq '.\"network.port\"'",
            "dna config --sample > dna.toml")
        {
            Effective, Sample, Json,
        };
        ConfigOptions.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Sample) && (result.GetValue(Effective) || result.GetValue(Json))) result.AddError("--sample goes alone.");
        });
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        TextWriter output = result.InvocationConfiguration.Output;
        if (result.GetValue(Sample))
        {
            await output.WriteAsync(ConfigSample.Write()).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        LoadedConfig loaded = ConfigLoader.Load(ConfigOptions.Read(result, ConfigOptions.Environment()));
        await output.WriteLineAsync(result.GetValue(Json) ? ConfigJson.Effective(loaded.Configuration.Values) : EffectiveText.Write(loaded.Configuration)).ConfigureAwait(false);
        foreach (ConfigProblem problem in loaded.Problems) await result.InvocationConfiguration.Error.WriteLineAsync("dna: " + problem).ConfigureAwait(false);
        return loaded.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Configuration;
    }
}
