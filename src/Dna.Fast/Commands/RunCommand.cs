using System.CommandLine;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna run</c>: a node, until it is told to end.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new DnaCommand(
            "run",
            "Runs a node until it gets SIGTERM or SIGINT. When it serves, it says one line: ready udp=ADDR:PORT node=ID values=N",
            "dna run",
            "dna run --config /etc/dna/dna.toml",
            "dna run --bootstrap bootstrap.example.org --data /var/lib/dna",
            "dna run --bind 127.0.0.1 --port 4001 -b 127.0.0.1:4000 --data ./second",
            "dna run --memory 256MiB --store-limit 10GiB --rate-limit 20000,500");
        ConfigOptions.AddTo(command);
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        ConfigInputs inputs = ConfigOptions.Read(result, ConfigOptions.Environment());
        LoadedConfig loaded = ConfigLoader.Load(inputs);
        if (loaded.Problems.Count == 0) return await NodeHost.RunAsync(inputs, loaded.Configuration, result.InvocationConfiguration.Output, error).ConfigureAwait(false);
        foreach (ConfigProblem problem in loaded.Problems) await error.WriteLineAsync("dna: " + problem).ConfigureAwait(false);
        return ExitCode.Configuration;
    }
}
