using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id show</c>: whose a key file is.</summary>
internal static class IdShowCommand
{
    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<bool> Check = new("--check") { Description = "Asks for the passphrase and opens the file: proves that both are good" };

    private static readonly Option<bool> Json = IdOptions.Json();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "show",
            "Shows fingerprint, suite, public keys and DHT key ids of a key file. Needs no passphrase.",
            "dna id show",
            "dna id show --key alice --check",
            "dna id show --json | jq -r .dht_key_id")
        {
            Identity.Key, Check, Identity.PassphraseFile, Json,
        };
        command.SetAction((result, _) => RunAsync(surroundings, result));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result)
    {
        TextWriter output = result.InvocationConfiguration.Output;
        if (await Identity.ReadAsync(surroundings, result).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
        bool isChecked = result.GetValue(Check);
        if (isChecked)
        {
            using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result, file).ConfigureAwait(false);
            if (opened is null) return ExitCode.Identity;
        }

        string suite = surroundings.Suites.Find(file.Header.Suite)!.Name;
        string report = result.GetValue(Json)
            ? JsonLine.Write(json =>
            {
                IdentityReport.Write(json, file, suite);
                json.WriteBoolean("checked", isChecked);
            })
            : IdentityReport.Text(file, suite) + (isChecked ? "\nchecked         the passphrase opens it, and its keys fit each other" : "");
        await output.WriteLineAsync(report).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
