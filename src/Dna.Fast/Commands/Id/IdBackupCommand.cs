using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id backup</c>: keeps a DHT identity where its user finds it again.</summary>
internal static class IdBackupCommand
{
    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<bool> FileOnly = new("--file-only") { Description = "Writes the file in ~/.dna and asks no network" };

    private static readonly Option<bool> Permanent = new("--permanent") { Description = "Goes on announcing it until Ctrl-C" };

    private static readonly Option<bool> Json = IdOptions.Json();

    private static readonly ClientOptions Client = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "backup",
            "Seals the DHT identity to the user's own key, and keeps it for 365 days in the network and as a file in ~/.dna, as the original messenger does.",
            "dna id backup -b 192.0.2.1:4000",
            "dna id backup --key alice --file-only")
        {
            Identity.Key, FileOnly, Permanent, Identity.PassphraseFile, Json,
        };
        Client.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        using NetworkIdentity? identity = await Identity.OpenKeyFileForNetworkAsync(surroundings, result, cancellation).ConfigureAwait(false);
        if (identity is not { User: { } user }) return ExitCode.Identity;

        var place = new KeyPlace(surroundings);
        string path = LocalBackup.PathOf(place.Folder, user.Keys.Fingerprint);
        if (SaveFile(place, user, identity.Rsa) is { } problem) return await ClientCommand.FailAsync(error, ExitCode.Failed, problem).ConfigureAwait(false);
        if (result.GetValue(FileOnly)) return await SayAsync(result, path, null).ConfigureAwait(false);
        return await Client.RunAsync(result, async scene =>
        {
            using SecurePermanentPut put = await NetworkBackup.PublishAsync(
                scene.Session.Secure(identity.Rsa), user.Keys, identity.Rsa, Client.DeadlineOf(result), scene.Cancellation).ConfigureAwait(false);
            if (put.FirstRound.Status != SecurePutStatus.Acknowledged) return await FailAsync(scene, put.FirstRound, path).ConfigureAwait(false);
            await SayAsync(result, path, put.FirstRound).ConfigureAwait(false);
            return result.GetValue(Permanent) ? await PutCommand.StayAsync(scene).ConfigureAwait(false) : ExitCode.Ok;
        }).ConfigureAwait(false);
    }

    /// <returns>Null, or what is wrong.</returns>
    private static string? SaveFile(KeyPlace place, UserIdentity user, RsaIdentity identity)
    {
        try
        {
            place.Prepare();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return refusal.Message;
        }

        return LocalBackup.Save(place.Folder, user.Keys, identity);
    }

    private static Task<int> FailAsync(ClientScene scene, in SecurePutAnswer answer, string path)
    {
        (int code, string why) = answer.Status switch
        {
            SecurePutStatus.Unreachable => (ExitCode.Unreachable, "no node answered: the network is unreachable"),
            SecurePutStatus.SlotTaken => (ExitCode.Failed, "a backup of another DHT identity lies in the network: dna id restore shows which"),
            _ => (ExitCode.Failed, "no node of the network took the backup"),
        };
        return ClientCommand.FailAsync(scene.Error, code, $"{why}; the file {path} was written");
    }

    private static async Task<int> SayAsync(ParseResult result, string path, SecurePutAnswer? put)
    {
        string report = result.GetValue(Json)
            ? JsonLine.Write(json =>
            {
                json.WriteString("file", path);
                if (put is not { } answer) return;
                json.WriteNumber("acknowledged", answer.Acknowledged);
                json.WriteNumber("asked", answer.Asked);
                json.WriteNumber("seq", answer.Seq);
            })
            : put is { } taken
                ? string.Create(CultureInfo.InvariantCulture, $"wrote {path}\n{taken.Acknowledged} of {taken.Asked} nodes acknowledged the backup, seq={taken.Seq}")
                : $"wrote {path}";
        await result.InvocationConfiguration.Output.WriteLineAsync(report).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
