using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna get</c>: shows the values under a key.</summary>
internal static class GetCommand
{
    private static readonly Argument<string> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: its SHA-1 is the key" };

    private static readonly Option<ValueFilter[]> Where = WhereOption();

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line" };

    private static readonly TextOption<HostPort> Bootstrap = ClientOptions.BootstrapOption();

    private static readonly TextOption<uint> Network = ClientOptions.NetworkOption();

    private static readonly TextOption<int> Timeout = ClientOptions.TimeoutOption();

    public static Command Create()
    {
        var command = new DnaCommand(
            "get",
            "Shows the values under a key. Ends with 1 when there is none, with 5 when no node answers.",
            "dna get greeting",
            "dna get greeting --where user_type=text/plain --where value_type=7d",
            "dna get greeting --json | jq -r .data | base64 -d")
        {
            Key, Where, Json, Bootstrap, Network, Timeout,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    internal static Option<ValueFilter[]> WhereOption() => Texts.ListOption<ValueFilter>(
        "--where", [], "Only values of this id, value_type, owner_pk or user_type; several filters must all fit", "F=V", WhereText.TryParse);

    private static Task<int> RunAsync(ParseResult result)
    {
        InfoHash key = InfoHash.OfKey(result.GetValue(Key)!);
        var deadline = TimeSpan.FromSeconds(Timeout.Read(result));
        ReadOnlyMemory<byte> where = WhereText.Pack(result.GetValue(Where) ?? []);
        bool isJson = result.GetValue(Json);
        return ClientCommand.RunAsync(result, Bootstrap.Read(result), Network.Read(result), async scene =>
        {
            GetAnswer answer = await scene.Session.Dht.GetAllAsync(key, where, deadline, scene.Cancellation).ConfigureAwait(false);
            foreach (FoundValue found in answer.Values)
                await scene.Output.WriteLineAsync(isJson ? ValueJson.Found(found) : ValueText.Line(found.Packed.Span)).ConfigureAwait(false);
            if (answer is { Status: GetAnswerStatus.Found, IsComplete: false })
                await scene.Error.WriteLineAsync("dna: the time was over before all nodes answered; there may be more").ConfigureAwait(false);
            return answer.Status switch
            {
                GetAnswerStatus.Found => ExitCode.Ok,
                GetAnswerStatus.Absent => await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"nothing found under {key} ({answer.Answered} nodes answered)").ConfigureAwait(false),
                GetAnswerStatus.Unreachable => await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, "no node answered: the network is unreachable").ConfigureAwait(false),
                _ => await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, "no answer in time").ConfigureAwait(false),
            };
        });
    }
}
