using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Commands.Id;
using Dna.Fast.Identities;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna get</c>: shows the values under a key.</summary>
internal static class GetCommand
{
    private static readonly Argument<string> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: its SHA-1 is the key" };

    private static readonly Option<ValueFilter[]> Where = WhereOption();

    private static readonly KeyOptions Identity = new(IdOptions.NetworkKey("Who decrypts what is encrypted for you"));

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line" };

    private static readonly ClientOptions Client = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "get",
            "Shows the values under a key, with the owner of each signed one; what is wrongly signed is left out. Ends with 1 when there is none, with 5 when no node answers.",
            "dna get greeting",
            "dna get greeting --where user_type=text/plain --where value_type=7d",
            "dna get letters --key alice",
            "dna get greeting --json | jq -r .data | base64 -d")
        {
            Key, Where, Identity.Key, Identity.PassphraseFile, Json,
        };
        Client.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    internal static Option<ValueFilter[]> WhereOption() => Texts.ListOption<ValueFilter>(
        "--where", [], "Only values of this id, value_type, owner_pk or user_type; several filters must all fit", "F=V", WhereText.TryParse);

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        InfoHash key = InfoHash.OfKey(result.GetValue(Key)!);
        var deadline = Client.DeadlineOf(result);
        ReadOnlyMemory<byte> where = WhereText.Pack(result.GetValue(Where) ?? []);
        bool isJson = result.GetValue(Json);
        (bool mayGoOn, NetworkIdentity? identity) = await Identity.OpenSaidAsync(surroundings, result, cancellation).ConfigureAwait(false);
        if (!mayGoOn) return ExitCode.Identity;

        using (identity)
        {
            return await Client.RunAsync(result, async scene =>
            {
                SecureGetAnswer answer = await scene.Session.Secure(identity?.Rsa).GetAllAsync(key, where, deadline, scene.Cancellation).ConfigureAwait(false);
                foreach (VerifiedValue value in answer.Values)
                {
                    ShownValue shown = ShownValue.Of(value, identity?.User?.Keys);
                    await scene.Output.WriteLineAsync(isJson ? ValueJson.Found(shown) : ValueText.Line(shown)).ConfigureAwait(false);
                }

                foreach (FoundValue closed in answer.Sealed)
                    await scene.Output.WriteLineAsync(isJson ? ValueJson.Closed(closed) : ValueText.Closed(closed.Packed.Span)).ConfigureAwait(false);
                return await SayAsync(scene, key, answer, identity is not null).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    /// <summary>Says what was not shown, and gives the code to end with.</summary>
    private static async Task<int> SayAsync(ClientScene scene, InfoHash key, SecureGetAnswer answer, bool hasIdentity)
    {
        bool isFound = answer.Values.Count + answer.Sealed.Count > 0;
        if (answer.Forged > 0) await scene.Error.WriteLineAsync($"dna: {answer.Forged} values are left out: their signatures are wrong").ConfigureAwait(false);
        if (answer.Deleted.Count > 0) await scene.Error.WriteLineAsync($"dna: {answer.Deleted.Count} values were deleted by their owners").ConfigureAwait(false);
        if (answer.Sealed.Count > 0 && !hasIdentity) await scene.Error.WriteLineAsync("dna: encrypted values can be read with --key, when they are for you").ConfigureAwait(false);
        if (isFound && !answer.IsComplete) await scene.Error.WriteLineAsync("dna: the time was over before all nodes answered; there may be more").ConfigureAwait(false);
        if (isFound) return ExitCode.Ok;
        return answer.Status switch
        {
            GetAnswerStatus.Absent => await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"nothing found under {key} ({answer.Answered} nodes answered)").ConfigureAwait(false),
            GetAnswerStatus.Unreachable => await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, "no node answered: the network is unreachable").ConfigureAwait(false),
            _ when !scene.Session.HasHeardAnybody => await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, "no node answered in time: the network is unreachable, or --timeout too short").ConfigureAwait(false),
            _ => await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, "no answer in time").ConfigureAwait(false),
        };
    }
}
