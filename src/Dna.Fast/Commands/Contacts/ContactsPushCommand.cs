using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts push</c>: puts our list into the network.</summary>
internal static class ContactsPushCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForUser(
        new DnaCommand(
            "push",
            "Merges the contacts of this machine with those in the network, and puts the list there for a year, sealed for you alone.",
            "dna contacts push",
            "dna contacts push --key alice -b 192.0.2.1:4000"),
        surroundings, (scene, _) => PushAsync(scene));

    private static async Task<int> PushAsync(MessengerScene scene)
    {
        (ContactList? list, int code) = await new ContactChanges(scene).PushAsync().ConfigureAwait(false);
        return list is null ? code : await ContactsReport.SayAsync(scene, "pushed", list).ConfigureAwait(false);
    }
}
