using System.CommandLine;
using System.Globalization;
using System.Net;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary><c>dna msg watch</c>: shows messages as they come.</summary>
internal static class MsgWatchCommand
{
    private static readonly SenderOptions Senders = new();

    private static readonly TextOption<IPEndPoint?> Direct = Texts.Option<IPEndPoint?>(
        "--direct", "Also takes messages directly from other clients, at this TCP address; everybody is told it, signed", "IP[:PORT]", ("", null), TryEndPoint, $"an IP address, or IP:PORT; the port is {DirectOptions.PortDefault} when none is said");

    private static readonly TextOption<IPEndPoint?> Announce = Texts.Option<IPEndPoint?>(
        "--announce", "With --direct: the address that is told, where a router or 0.0.0.0 makes it another", "IP[:PORT]", ("", null), TryEndPoint, "an IP address, or IP:PORT");

    private static readonly MessengerOptions Options = new()
    {
        KeepsState = true,
        TakesSalted = true,
        Direct = result => Direct.Read(result) is { } at ? new DirectOptions { Listen = at, Announce = Announce.Read(result) } : null,
    };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "watch",
            $"Shows the messages of your contacts as they come, those that wait first, each once, until Ctrl-C, and tells the senders that you have them. Ends with {ExitCode.Unreachable} when no node answers at the start.",
            "dna msg watch",
            "dna msg watch --from alice --json | while read line; do notify-send \"$line\"; done",
            "dna msg watch --direct 0.0.0.0 --announce 192.0.2.7")
        {
            Direct, Announce,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Announce) is not null && result.GetResult(Direct) is null) result.AddError("--announce says where --direct takes messages: say --direct too.");
        });
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
        if (scene.Session.TakesAt is { } at) await scene.NoteAsync($"taking messages directly at {at}").ConfigureAwait(false);
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

    private static bool TryEndPoint(string text, out IPEndPoint? address)
    {
        if (!IPEndPoint.TryParse(text, out address)) return false;
        // 0 is what the platform says where there is none; whoever wants a free port has nobody to tell it to.
        if (address.Port == 0) address.Port = DirectOptions.PortDefault;
        return true;
    }
}
