using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts pull</c>: brings the network's list.</summary>
internal static class ContactsPullCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForUser(
        new DnaCommand(
            "pull",
            "Brings your contacts from the network, and merges them into the list of this machine: a contact goes only when it was removed somewhere.",
            "dna contacts pull",
            "dna contacts pull --key alice --json"),
        surroundings, (scene, _) => PullAsync(scene));

    private static async Task<int> PullAsync(MessengerScene scene)
    {
        (ContactList? list, int code) = await new ContactChanges(scene).PullAsync().ConfigureAwait(false);
        return list is null ? code : await ContactsReport.SayAsync(scene, "pulled", list).ConfigureAwait(false);
    }
}
