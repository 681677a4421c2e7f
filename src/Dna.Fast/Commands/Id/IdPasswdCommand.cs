using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id passwd</c>: changes a key file's passphrase.</summary>
internal static class IdPasswdCommand
{
    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<string?> NewPassphraseFile = new("--new-passphrase-file")
    {
        Description = $"Takes the new passphrase from a file's first line; else {PassphraseSource.NewVariable}, else a prompt",
        HelpName = "F",
    };

    private static readonly Option<bool> Json = IdOptions.Json();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "passwd",
            "Changes the passphrase of a key file. Interrupted at any moment, it leaves the old file or the new one.",
            "dna id passwd",
            "dna id passwd --key alice --passphrase-file old --new-passphrase-file new")
        {
            Identity.Key, Identity.PassphraseFile, NewPassphraseFile, Json,
        };
        command.SetAction((result, _) => RunAsync(surroundings, result));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result).ConfigureAwait(false);
        if (opened is null) return ExitCode.Identity;
        var newSource = new PassphraseSource(surroundings, result.GetValue(NewPassphraseFile), NewPassphraseFile.Name, PassphraseSource.NewVariable);
        GivenPassphrase given = newSource.GetNew(warning => error.WriteLine("dna: " + warning));
        using SecretBytes? passphrase = given.Bytes;
        if (passphrase is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, given.Problem!).ConfigureAwait(false);

        KeyFileResult<LockedKeyFile> written = surroundings.KeyFiles.Replace(opened.File, opened.Identity, passphrase.Span, surroundings.Cost);
        if (written.Value is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, written.Message).ConfigureAwait(false);
        string report = result.GetValue(Json)
            ? JsonLine.Write(json => json.WriteString("file", opened.File.Path))
            : $"{opened.File.Path} has the new passphrase; copies of it still have the old one";
        await result.InvocationConfiguration.Output.WriteLineAsync(report).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
