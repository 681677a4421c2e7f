using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary><c>dna msg check</c>: shows what was sent to us.</summary>
internal static class MsgCheckCommand
{
    private static readonly SenderOptions Senders = new();

    private static readonly Option<bool> Recent = new("--recent") { Description = "Looks two days back only, instead of seven" };

    private static readonly Option<bool> Peek = new("--peek") { Description = "Shows messages without taking them: they come again, and their senders are not told" };

    private static readonly MessengerOptions Options = new() { KeepsState = true, TakesSalted = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "check",
            $"Shows the messages of your contacts, each once, in the order of their sending, and tells the senders that you have them. Ends with {ExitCode.Ok} also when there is none, and with {ExitCode.Unreachable} when that is not known.",
            "dna msg check",
            "dna msg check --from alice --from bob --json",
            "dna msg check --peek")
        {
            Recent, Peek,
        };
        Senders.AddTo(command);
        return Options.ForUser(command, surroundings, CheckAsync);
    }

    private static async Task<int> CheckAsync(MessengerScene scene, ParseResult result)
    {
        (IReadOnlyCollection<string>? senders, int code) = await Senders.ReadAsync(scene, result).ConfigureAwait(false);
        if (senders is null) return code;
        // Two checks at once would both show what neither has confirmed.
        using StateTurn? turn = await StateTurn.TakeAsync(scene, StateTurn.Inbox).ConfigureAwait(false);
        if (turn is null) return ExitCode.Store;
        InboxDepth depth = result.GetValue(Recent) ? InboxDepth.Recent : InboxDepth.Full;
        CheckReport report = await scene.Session.CheckAsync(senders, depth, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        var printer = new MessagePrinter(scene);
        foreach (ReceivedMessage message in report.Messages) await printer.SayAsync(message).ConfigureAwait(false);
        await scene.Output.FlushAsync().ConfigureAwait(false);
        if (report.Messages.Count > 0 && !result.GetValue(Peek)) code = await printer.ConfirmAsync(report.Messages).ConfigureAwait(false);
        if (report.Unknown.Count == 0) return code;
        string who = string.Join(", ", await Task.WhenAll(report.Unknown.Select(printer.Names.ShownAsync)).ConfigureAwait(false));
        return await scene.FailAsync(ResultCode.Timeout, $"all messages of {who}").ConfigureAwait(false);
    }
}
