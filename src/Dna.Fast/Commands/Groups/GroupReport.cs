using System.Globalization;
using System.Text;
using Dna.Fast.Client;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary>Shows groups and what is said in them.</summary>
internal sealed class GroupReport(GroupDesk desk)
{
    private readonly UserNames _names = new(desk.Scene, TimeProvider.System);

    /// <summary>Shows a group. JSON: <c>uuid, name, description, creator, created_at</c> (seconds since 1970)<c>, version, key_version</c> (0: no key yet)<c>, members[]</c> (fingerprints).</summary>
    /// <param name="done">What was done with it, for people; null for nothing.</param>
    /// <returns><see cref="ExitCode.Ok"/>.</returns>
    public async Task<int> SayAsync(Group group, string? done)
    {
        var text = new StringBuilder();
        if (done is not null) text.Append(done).Append(' ');
        text.Append(CultureInfo.InvariantCulture, $"{group.Uuid} {ValueText.Quote(group.Name)} members={group.Members.Count} version={group.Version} key={group.KeyVersion}");
        if (group.Description.Length > 0) text.Append(" description=").Append(ValueText.Quote(group.Description));
        if (done is null)
        {
            foreach (string member in group.Members)
                text.Append('\n').Append(member).Append(' ').Append(await _names.ShownAsync(member).ConfigureAwait(false)).Append(member == group.Creator ? ", its creator" : "");
        }

        return await desk.Scene.SayAsync(text.ToString(), json =>
        {
            json.WriteString("uuid", group.Uuid);
            json.WriteString("name", group.Name);
            json.WriteString("description", group.Description);
            json.WriteString("creator", group.Creator);
            json.WriteNumber("created_at", group.CreatedAt);
            json.WriteNumber("version", group.Version);
            json.WriteNumber("key_version", group.KeyVersion);
            json.WriteStartArray("members");
            foreach (string member in group.Members) json.WriteStringValue(member);
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    /// <summary>Shows a message: <c>2026-01-31 12:00:00 Friends: alice "Hello"</c>.</summary>
    /// <remarks>JSON: <c>id</c>, <c>group</c> (UUID), <c>from</c> (fingerprint), <c>name</c> (null without one), <c>timestamp_ms</c> (milliseconds since 1970), <c>text</c>.</remarks>
    public async Task SayMessageAsync(Group group, GroupText message)
    {
        string? name = await _names.OfAsync(message.Sender).ConfigureAwait(false);
        string shown = await _names.ShownAsync(message.Sender).ConfigureAwait(false);
        await desk.Scene.SayAsync($"{Dates.Second(message.TimestampMs / 1000)} {Titles.Of(group.Name)}: {shown} {ValueText.Quote(message.Text)}", json =>
        {
            json.WriteString("id", message.Id);
            json.WriteString("group", group.Uuid);
            json.WriteString("from", message.Sender);
            json.WriteString("name", name);
            json.WriteNumber("timestamp_ms", message.TimestampMs);
            json.WriteString("text", message.Text);
        }).ConfigureAwait(false);
    }

    /// <summary>Says what of a group's messages could not be shown.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> SayMissingAsync(Group group, GroupTexts texts)
    {
        if (texts.Unopened > 0)
            await desk.Scene.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"{texts.Unopened} messages to {Titles.Of(group.Name)} are sealed with keys that you were not handed, or by senders whose keys are not known")).ConfigureAwait(false);
        return texts.IsComplete ? ExitCode.Ok : await desk.Scene.FailAsync(ResultCode.Timeout, $"all messages to {Titles.Of(group.Name)}").ConfigureAwait(false);
    }
}
