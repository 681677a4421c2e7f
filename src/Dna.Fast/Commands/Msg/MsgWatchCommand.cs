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
            $"Shows the messages of your contacts, and of the groups you know at its start, as they come, those that wait first, each once, until Ctrl-C, and tells the senders that you have them. With --from it shows no groups. Ends with {ExitCode.Unreachable} when no node answers at the start.",
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
        var groups = new WatchedGroups(scene);
        if (!Senders.AreSaid(result) && !await groups.LoadAsync().ConfigureAwait(false)) return ExitCode.Store;
        (IReadOnlyCollection<string>? senders, int code) = await Senders.ReadAsync(scene, result, mayBeNone: groups.All.Count > 0).ConfigureAwait(false);
        if (senders is null) return code;
        string and = groups.All.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {groups.All.Count} groups");
        await scene.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"watching for messages of {senders.Count} users{and}, until Ctrl-C")).ConfigureAwait(false);
        if (scene.Session.TakesAt is { } at) await scene.NoteAsync($"taking messages directly at {at}").ConfigureAwait(false);
        // A check, and another watch, show nothing that this one shows.
        var options = new ReceiveOptions
        {
            Senders = senders,
            Groups = groups.All,
            Turn = async (message, _) => await StateTurn.TakeAsync(scene, message.Group is null ? StateTurn.Inbox : GroupBook.Turn).ConfigureAwait(false),
        };
        try
        {
            await WatchAsync(scene, options, groups).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (scene.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how watching ends.
        }

        return ExitCode.Ok;
    }

    private static async Task WatchAsync(MessengerScene scene, ReceiveOptions options, WatchedGroups groups)
    {
        var printer = new MessagePrinter(scene);
        await foreach (ReceivedMessage message in scene.Session.ReceiveAsync(options, scene.Cancellation).ConfigureAwait(false))
        {
            // What dna group check showed before counts as shown.
            if (!groups.IsNew(message, out string? name)) continue;
            await printer.SayAsync(message, name).ConfigureAwait(false);
            await scene.Output.FlushAsync(scene.Cancellation).ConfigureAwait(false);
            groups.Keep(message);
        }
    }

    private static bool TryEndPoint(string text, out IPEndPoint? address)
    {
        if (!IPEndPoint.TryParse(text, out address)) return false;
        // 0 is what the platform says where there is none; whoever wants a free port has nobody to tell it to.
        if (address.Port == 0) address.Port = DirectOptions.PortDefault;
        return true;
    }
}
