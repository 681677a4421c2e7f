using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts add</c>: makes somebody a contact.</summary>
internal static class ContactsAddCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "add",
            "Adds a contact, here and in the network. When the network is away it is kept here, and the next push sends it.",
            "dna contacts add bob",
            "dna contacts add FINGERPRINT --key alice")
        {
            User,
        };
        return Options.ForUser(command, surroundings, (scene, result) => AddAsync(scene, result.GetValue(User)!));
    }

    private static async Task<int> AddAsync(MessengerScene scene, string user)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        if (fingerprint == scene.Fingerprint) return await ClientCommand.FailAsync(scene.Error, ExitCode.Usage, "this is you: nobody is a contact of their own").ConfigureAwait(false);
        (ContactList? list, code) = await new ContactChanges(scene).AddAsync(fingerprint).ConfigureAwait(false);
        return list is null ? code : await ContactsReport.SayAsync(scene, $"added {fingerprint}", list).ConfigureAwait(false);
    }
}
