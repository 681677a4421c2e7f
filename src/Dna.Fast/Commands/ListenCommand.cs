using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna listen</c>: shows the values under a key as they come and go.</summary>
internal static class ListenCommand
{
    private static readonly Argument<string> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: its SHA-1 is the key" };

    private static readonly Option<ValueFilter[]> Where = GetCommand.WhereOption();

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line" };

    private static readonly TextOption<HostPort> Bootstrap = ClientOptions.BootstrapOption();

    private static readonly TextOption<uint> Network = ClientOptions.NetworkOption();

    private static readonly TextOption<int> Timeout = ClientOptions.TimeoutOption();

    public static Command Create()
    {
        var command = new DnaCommand(
            "listen",
            "Shows the values under a key, and every change, until Ctrl-C. Ends with 5 when no node answers at the start.",
            "dna listen greeting",
            "dna listen greeting --json -b 192.0.2.1:4000")
        {
            Key, Where, Json, Bootstrap, Network, Timeout,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static Task<int> RunAsync(ParseResult result)
    {
        InfoHash key = InfoHash.OfKey(result.GetValue(Key)!);
        var deadline = TimeSpan.FromSeconds(Timeout.Read(result));
        ReadOnlyMemory<byte> where = WhereText.Pack(result.GetValue(Where) ?? []);
        bool isJson = result.GetValue(Json);
        return ClientCommand.RunAsync(result, Bootstrap.Read(result), Network.Read(result), async scene =>
        {
            // A listener waits for ever by its nature; a person whose network is away shall know it.
            if (await PingCommand.FirstAnswerAsync(scene, deadline).ConfigureAwait(false) is null)
                return await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, "no node answered: the network is unreachable").ConfigureAwait(false);
            await scene.Error.WriteLineAsync($"dna: listening to {key}, until Ctrl-C").ConfigureAwait(false);
            try
            {
                await foreach (ListenEvent change in scene.Session.Dht.ListenAsync(key, where, scene.Cancellation).ConfigureAwait(false))
                    await scene.Output.WriteLineAsync(isJson ? ValueJson.Heard(change) : Line(change)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (scene.Cancellation.IsCancellationRequested)
            {
                // Ctrl-C is how a listener ends.
            }

            return ExitCode.Ok;
        });
    }

    private static string Line(in ListenEvent change) => change.Change == ValueChange.Stored
        ? "value " + ValueText.Line(change.Packed.Span)
        : string.Create(CultureInfo.InvariantCulture, $"{ValueJson.EventName(change.Change)} id={change.ValueId:x}");
}
