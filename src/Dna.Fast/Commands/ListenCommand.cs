using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Commands.Id;
using Dna.Fast.Identities;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna listen</c>: shows the values under a key as they come and go.</summary>
internal static class ListenCommand
{
    private static readonly Argument<string> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: its SHA-1 is the key" };

    private static readonly Option<ValueFilter[]> Where = GetCommand.WhereOption();

    private static readonly KeyOptions Identity = new(IdOptions.NetworkKey("Who decrypts what is encrypted for you; the certificate that others need for it is published meanwhile"));

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line" };

    private static readonly ClientOptions Client = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "listen",
            "Shows the values under a key, and every change, until Ctrl-C. Ends with 5 when no node answers at the start.",
            "dna listen greeting",
            "dna listen greeting --json -b 192.0.2.1:4000",
            "dna listen letters --key alice")
        {
            Key, Where, Identity.Key, Identity.PassphraseFile, Json,
        };
        Client.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        (bool mayGoOn, NetworkIdentity? identity) = await Identity.OpenSaidAsync(surroundings, result, cancellation).ConfigureAwait(false);
        if (!mayGoOn) return ExitCode.Identity;

        using (identity)
            return await Client.RunAsync(result, scene => ListenAsync(scene, result, identity)).ConfigureAwait(false);
    }

    private static async Task<int> ListenAsync(ClientScene scene, ParseResult result, NetworkIdentity? identity)
    {
        InfoHash key = InfoHash.OfKey(result.GetValue(Key)!);
        var deadline = Client.DeadlineOf(result);
        ReadOnlyMemory<byte> where = WhereText.Pack(result.GetValue(Where) ?? []);
        bool isJson = result.GetValue(Json);
        // A listener waits for ever by its nature; a person whose network is away shall know it.
        if (await PingCommand.FirstAnswerAsync(scene, deadline).ConfigureAwait(false) is null)
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, "no node answered: the network is unreachable").ConfigureAwait(false);
        ISecureDht dht = scene.Session.Secure(identity?.Rsa);
        using SecurePermanentPut? certificate = identity is null ? null : await dht.PublishCertificateAsync(deadline, scene.Cancellation).ConfigureAwait(false);
        await scene.Error.WriteLineAsync($"dna: listening to {key}{(identity is null ? "" : $" as {dht.OwnerId}")}, until Ctrl-C").ConfigureAwait(false);
        try
        {
            await foreach (SecureListenEvent change in dht.ListenAsync(key, where, scene.Cancellation).ConfigureAwait(false))
            {
                ShownValue? shown = change is { Change: ValueChange.Stored, Value: { } value } ? ShownValue.Of(value, identity?.User?.Keys) : null;
                await scene.Output.WriteLineAsync(isJson ? ValueJson.Heard(change.Change, change.ValueId, shown) : Line(change, shown)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (scene.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a listener ends.
        }

        return ExitCode.Ok;
    }

    private static string Line(in SecureListenEvent change, ShownValue? shown) => shown is not null
        ? "value " + ValueText.Line(shown)
        : string.Create(CultureInfo.InvariantCulture, $"{ValueJson.EventName(change.Change)} id={change.ValueId:x}");
}
