using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts remove</c>: ends a contact.</summary>
internal static class ContactsRemoveCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "remove",
            "Removes a contact, here and in the network, and so on each of your devices when it pulls.",
            "dna contacts remove bob",
            "dna contacts remove FINGERPRINT --key alice")
        {
            User,
        };
        return Options.ForUser(command, surroundings, (scene, result) => RemoveAsync(scene, result.GetValue(User)!));
    }

    private static async Task<int> RemoveAsync(MessengerScene scene, string user)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        (ContactList? list, code) = await new ContactChanges(scene).RemoveAsync(fingerprint).ConfigureAwait(false);
        return list is null ? code : await ContactsReport.SayAsync(scene, $"removed {fingerprint}", list).ConfigureAwait(false);
    }
}
