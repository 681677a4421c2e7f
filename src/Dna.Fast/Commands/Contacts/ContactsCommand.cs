using System.CommandLine;
using Dna.Fast.Commands.Contacts.Requests;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts</c>: whose messages we read.</summary>
internal static class ContactsCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "contacts",
        "Keeps your contacts: on this machine, and in the network, sealed for you alone, so that each of your devices has them.",
        "dna contacts add bob",
        "dna contacts pull",
        "dna contacts list")
    {
        ContactsAddCommand.Create(surroundings),
        ContactsRemoveCommand.Create(surroundings),
        ContactsListCommand.Create(surroundings),
        ContactsPullCommand.Create(surroundings),
        ContactsPushCommand.Create(surroundings),
        RequestCommand.Create(surroundings),
    };
}
