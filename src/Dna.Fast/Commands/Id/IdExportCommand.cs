using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id export</c>: writes keys for other programs.</summary>
internal static class IdExportCommand
{
    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<string?> Original = new("--original")
    {
        Description = "Writes BASE.dsa and BASE.kem, as the original messenger has them",
        HelpName = "BASE",
    };

    private static readonly Option<string?> Dht = new("--dht")
    {
        Description = "Writes the DHT identity as BASE.pem and BASE.crt, as dhtnode --privkey --certificate takes them",
        HelpName = "BASE",
    };

    private static readonly Option<bool> Json = IdOptions.Json();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "export",
            "Writes private keys for other programs, which have no passphrases: the files are readable by you alone, and not encrypted.",
            "dna id export --original ~/.dna/$(dna id show --json | jq -r .fingerprint)",
            "dna id export --key alice --dht alice-node")
        {
            Identity.Key, Original, Dht, Identity.PassphraseFile, Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Original) is null && result.GetResult(Dht) is null) result.AddError("What shall be written? Say --original BASE, --dht BASE or both.");
        });
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result).ConfigureAwait(false);
        if (opened is null) return ExitCode.Identity;

        var written = new List<string>();
        if (result.GetValue(Original) is { } original)
        {
            string basePath = OriginalKeyFiles.BaseOf(original);
            KeyFileResult<UserIdentity> answer = OriginalKeyFiles.Write(basePath, opened.Identity);
            if (answer.Status != KeyFileStatus.Ok) return await ClientCommand.FailAsync(error, ExitCode.Identity, answer.Message).ConfigureAwait(false);
            written.AddRange([basePath + ".dsa", basePath + ".kem"]);
        }

        if (result.GetValue(Dht) is { } dht)
        {
            if (await WriteDhtAsync(opened, dht, error, cancellation).ConfigureAwait(false) is not { } problem) written.AddRange([RsaIdentityFiles.KeyFile(dht), RsaIdentityFiles.CertificateFile(dht)]);
            else return await ClientCommand.FailAsync(error, ExitCode.Identity, problem).ConfigureAwait(false);
        }

        await SayAsync(result, written).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <returns>Null, or what is wrong.</returns>
    private static async Task<string?> WriteDhtAsync(OpenedKeyFile opened, string basePath, TextWriter error, CancellationToken cancellation)
    {
        foreach (string path in (string[])[RsaIdentityFiles.KeyFile(basePath), RsaIdentityFiles.CertificateFile(basePath)])
        {
            if (Path.Exists(path)) return $"there is already a file {path}: choose another name, or move it away";
        }

        if (opened.Identity is { Dht: null, HasMaster: true }) await DhtDerivation.RunAsync(opened.Identity, RsaIdentity.BitsDefault, error, cancellation).ConfigureAwait(false);
        if (opened.Identity.Dht is not { } identity) return $"{opened.File.Path} has no DHT identity: dna id restore looks for a backup";
        IdentityFileResult saved = RsaIdentityFiles.Save(basePath, identity, []);
        return saved.Status == IdentityFileStatus.Ok ? null : saved.Message;
    }

    private static async Task SayAsync(ParseResult result, List<string> written)
    {
        string report = result.GetValue(Json)
            ? JsonLine.Write(json =>
            {
                json.WriteStartArray("files");
                foreach (string path in written) json.WriteStringValue(path);
                json.WriteEndArray();
            })
            : string.Join('\n', written.Select(path => "wrote " + path));
        await result.InvocationConfiguration.Output.WriteLineAsync(report).ConfigureAwait(false);
        await result.InvocationConfiguration.Error.WriteLineAsync("dna: these files are not encrypted: whoever reads them is you").ConfigureAwait(false);
    }
}
