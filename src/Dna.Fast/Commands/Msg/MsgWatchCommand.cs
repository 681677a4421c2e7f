using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary><c>dna msg watch</c>: shows messages as they come.</summary>
internal static class MsgWatchCommand
{
    private static readonly SenderOptions Senders = new();

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "watch",
            $"Shows the messages of your contacts as they come, those that wait first, each once, until Ctrl-C, and tells the senders that you have them. Ends with {ExitCode.Unreachable} when no node answers at the start.",
            "dna msg watch",
            "dna msg watch --from alice --json | while read line; do notify-send \"$line\"; done");
        Senders.AddTo(command);
        return Options.ForUser(command, surroundings, WatchAsync);
    }

    private static async Task<int> WatchAsync(MessengerScene scene, ParseResult result)
    {
        // A listener waits for ever by its nature; a person whose network is away shall know it.
        if (await PingCommand.FirstAnswerAsync(scene.Client, scene.Deadline).ConfigureAwait(false) is null) return await scene.FailAsync(ResultCode.NetworkError, "messages").ConfigureAwait(false);
        (IReadOnlyCollection<string>? senders, int code) = await Senders.ReadAsync(scene, result).ConfigureAwait(false);
        if (senders is null) return code;
        await scene.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"watching for messages of {senders.Count} users, until Ctrl-C")).ConfigureAwait(false);
        var printer = new MessagePrinter(scene);
        try
        {
            await foreach (ReceivedMessage message in scene.Session.ReceiveAsync(new ReceiveOptions { Senders = senders }, scene.Cancellation).ConfigureAwait(false))
            {
                await printer.SayAsync(message).ConfigureAwait(false);
                await scene.Output.FlushAsync(scene.Cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (scene.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how watching ends.
        }

        return ExitCode.Ok;
    }
}
