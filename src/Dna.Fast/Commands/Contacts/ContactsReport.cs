using System.Globalization;
using System.Text.Json;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary>A list of contacts: a fingerprint a line; JSON: <c>contacts</c>: an array of fingerprints, <c>timestamp</c>: of the list's last change, seconds since 1970.</summary>
internal static class ContactsReport
{
    public static async Task<int> SayAsync(Speaker speaker, ContactList list)
    {
        if (list.Contacts.Count > 0 || speaker.IsJson) return await speaker.SayAsync(string.Join('\n', list.Contacts), json => Write(json, list)).ConfigureAwait(false);
        await speaker.NoteAsync("no contacts here yet: dna contacts pull brings those of the network, dna contacts add makes one").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Says what was done.</summary>
    public static Task<int> SayAsync(Speaker speaker, string done, ContactList list) =>
        speaker.SayAsync(string.Create(CultureInfo.InvariantCulture, $"{done}; contacts: {list.Contacts.Count}"), json => Write(json, list));

    private static void Write(Utf8JsonWriter json, ContactList list)
    {
        json.WriteStartArray("contacts");
        foreach (string contact in list.Contacts) json.WriteStringValue(contact);
        json.WriteEndArray();
        json.WriteNumber("timestamp", list.Timestamp);
    }
}
