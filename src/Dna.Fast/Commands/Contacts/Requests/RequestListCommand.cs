using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary><c>dna contacts request list</c>: who asks us.</summary>
internal static class RequestListCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForUser(
        new DnaCommand(
            "list",
            "Shows who asks you, newest first. The name is what the sender says; dna name reverse tells whether it is true.",
            "dna contacts request list",
            "dna contacts request list --json | jq -r .from"),
        surroundings, (scene, _) => ListAsync(scene));

    /// <remarks>JSON, a line a request: <c>from</c> (fingerprint), <c>name</c>, <c>message</c>, <c>timestamp</c> and <c>expires_at</c> (seconds since 1970), <c>is_contact</c>, <c>is_addressed</c>.</remarks>
    private static async Task<int> ListAsync(MessengerScene scene)
    {
        (IReadOnlyList<ContactRequest>? requests, int code) = await new WaitingRequests(scene).ListAsync().ConfigureAwait(false);
        if (requests is null) return code;
        if (new ContactBook(scene.Keys, scene.State).Load(text => scene.Error.WriteLine("dna: " + text)) is not { } contacts) return ExitCode.Store;
        if (requests.Count == 0) await scene.NoteAsync("nobody asks (nodes answered)").ConfigureAwait(false);
        foreach (ContactRequest request in requests)
        {
            bool isContact = contacts.Contacts.Contains(request.Sender);
            string text = $"{request.Sender} name={ValueText.Quote(request.Name)} on {Dates.Second(request.Timestamp)}: {ValueText.Quote(request.Message)}{(isContact ? " (is a contact)" : "")}";
            await scene.SayAsync(text, json =>
            {
                json.WriteString("from", request.Sender);
                json.WriteString("name", request.Name);
                json.WriteString("message", request.Message);
                json.WriteNumber("timestamp", request.Timestamp);
                json.WriteNumber("expires_at", request.Expiry);
                json.WriteBoolean("is_contact", isContact);
                json.WriteBoolean("is_addressed", request.IsAddressed);
            }).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
