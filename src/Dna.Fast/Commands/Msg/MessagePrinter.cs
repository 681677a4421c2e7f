using System.Text.Unicode;
using Dna.Fast.Client;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary>Shows received messages, and says that we have them.</summary>
internal sealed class MessagePrinter(MessengerScene scene)
{
    public UserNames Names { get; } = new(scene, TimeProvider.System);

    /// <summary>Shows one: <c>2026-01-31 12:00:00 alice "Hello"</c>, the time in UTC by the sender's clock.</summary>
    /// <remarks>JSON: <c>id</c>, <c>from</c> (fingerprint), <c>name</c> (null without one), <c>timestamp</c> (seconds since 1970), <c>text</c>, or <c>data</c> (base64) when it is no text.</remarks>
    /// <param name="group">The group's name, when it was sent to one: <c>2026-01-31 12:00:00 Friends: alice "Hello"</c>; JSON has <c>group</c> (UUID) too, and <c>id</c> is the group's for it.</param>
    public async Task SayAsync(ReceivedMessage message, string? group = null)
    {
        string? name = await Names.OfAsync(message.Sender).ConfigureAwait(false);
        string shown = await Names.ShownAsync(message.Sender).ConfigureAwait(false);
        string where = group is null ? "" : Titles.Of(group) + ": ";
        await scene.SayAsync($"{Dates.Second(message.Timestamp)} {where}{shown} {ValueText.Quote(message.Text.Span)}", json =>
        {
            json.WriteString("id", message.GroupId ?? MsgSendCommand.IdOf(message.Id));
            if (message.Group is { } uuid) json.WriteString("group", uuid);
            json.WriteString("from", message.Sender);
            json.WriteString("name", name);
            json.WriteNumber("timestamp", message.Timestamp);
            if (Utf8.IsValid(message.Text.Span)) json.WriteString("text", message.Text.Span);
            else json.WriteBase64String("data", message.Text.Span);
        }).ConfigureAwait(false);
    }

    /// <summary>Says to the senders, and keeps in mind, that messages were shown.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> ConfirmAsync(IReadOnlyCollection<ReceivedMessage> messages)
    {
        PutReport told = await scene.Session.ConfirmAsync(messages, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (told.Code == ResultCode.StorageError) return await scene.FailAsync(told.Code, "that these messages were shown").ConfigureAwait(false);
        // They are ours whether the senders hear of it or not: the next check tells them.
        if (!told.IsSuccess) await scene.NoteAsync("not all senders could be told that you have their messages; the next check tells them").ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
