using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Identity;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id restore</c>: brings a DHT identity back into its key file.</summary>
internal static class IdRestoreCommand
{
    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<bool> FileOnly = new("--file-only") { Description = "Takes the file in ~/.dna and asks no network" };

    private static readonly Option<bool> New = new("--new") { Description = "Makes a new DHT identity when there is surely no backup" };

    private static readonly Option<bool> Replace = new("--replace") { Description = "Gives up another DHT identity in the file: its values in the network can never be changed again" };

    private static readonly TextOption<InfoHash?> Accept = Texts.Option<InfoHash?>(
        "--accept", "Takes this DHT identity from the network, though the file knows none: you have to know that it is yours", "KEYID", ("", null),
        static (string text, out InfoHash? id) =>
        {
            bool isId = InfoHash.TryParse(text, out InfoHash parsed);
            id = parsed;
            return isId;
        },
        "a key id: 40 hexadecimal digits");

    private static readonly Option<bool> Json = IdOptions.Json();

    private static readonly ClientOptions Client = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "restore",
            "Brings the DHT identity back from its backup, the file in ~/.dna or else the network's, into the key file.",
            "dna id restore -b 192.0.2.1:4000",
            "dna id restore --key alice --new")
        {
            Identity.Key, FileOnly, New, Replace, Accept, Identity.PassphraseFile, Json,
        };
        Client.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result).ConfigureAwait(false);
        if (opened is null) return ExitCode.Identity;

        var place = new KeyPlace(surroundings);
        bool isOurFile = true;
        BackupResult found = LocalBackup.Load(place.Folder, opened.Identity.Keys);
        if (found.Identity is null && !result.GetValue(FileOnly))
        {
            if (found.Status != BackupStatus.Absent) await error.WriteLineAsync("dna: " + found.Message).ConfigureAwait(false);
            int code = await Client.RunAsync(result, async scene =>
            {
                IReadOnlyCollection<InfoHash> expected = [.. new[] { opened.File.Header.DhtKeyId, Accept.Read(result) }.OfType<InfoHash>()];
                isOurFile = false;
                string? folder = Directory.Exists(place.Folder) ? place.Folder : null;
                found = await NetworkBackup.FetchAsync(
                    scene.Session.Secure(null), opened.Identity.Keys, expected, folder, TimeProvider.System, Client.DeadlineOf(result), scene.Cancellation)
                    .ConfigureAwait(false);
                return ExitCode.Ok;
            }).ConfigureAwait(false);
            if (code != ExitCode.Ok) return code;
        }

        return await TakeAsync(surroundings, result, opened, found, isOurFile, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> TakeAsync(Surroundings surroundings, ParseResult result, OpenedKeyFile opened, BackupResult found, bool isOurFile, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        RsaIdentity? identity = found.Identity;
        // Only a network that answered, or a person who asks none, knows that there is nothing.
        if (identity is null && found.Status == BackupStatus.Absent && result.GetValue(New) && opened.Identity.Dht is null)
        {
            await error.WriteLineAsync("dna: making a new DHT identity, which takes some seconds").ConfigureAwait(false);
            identity = await RsaIdentity.GenerateAsync(RsaIdentity.BitsDefault, CertificateForm.SelfSigned, TimeProvider.System, cancellation).ConfigureAwait(false);
        }
        else if (found.Message.Length > 0)
        {
            await error.WriteLineAsync("dna: " + found.Message).ConfigureAwait(false);
        }

        // Anybody can seal a backup to a user's public key and put it: taken, it would sign all that the user says from then on.
        if (found.Identity is { } stranger && !isOurFile && !found.IsExpected)
        {
            string question = $"nothing here says that {stranger.KeyId} is yours, and anybody could have put it there: say --accept {stranger.KeyId} when you know it is";
            stranger.Dispose();
            return await ClientCommand.FailAsync(error, ExitCode.Identity, question).ConfigureAwait(false);
        }

        if (identity is null) return found.Status == BackupStatus.Unreachable ? ExitCode.Unreachable : ExitCode.Failed;
        if (opened.Identity.Dht is { } old && old.KeyId != identity.KeyId && !result.GetValue(Replace))
        {
            string message = $"the backup holds {identity.KeyId}, and {opened.File.Path} another DHT identity, {old.KeyId}: say --replace to give the one in the file up";
            identity.Dispose();
            return await ClientCommand.FailAsync(error, ExitCode.Identity, message).ConfigureAwait(false);
        }

        opened.Identity.TakeDht(identity);
        KeyFileResult<LockedKeyFile> written = surroundings.KeyFiles.Replace(opened.File, opened.Identity, opened.Passphrase.Span, opened.File.Header.Cost);
        if (written.Value is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, written.Message).ConfigureAwait(false);
        string suite = opened.Identity.Suite.Name;
        await result.InvocationConfiguration.Output.WriteLineAsync(
            result.GetValue(Json) ? IdentityReport.Json(written.Value, suite) : IdentityReport.Text(written.Value, suite)).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
