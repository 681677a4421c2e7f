using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;

namespace Dna.Fast.Commands.Contacts;

/// <summary><c>dna contacts list</c>: shows them.</summary>
internal static class ContactsListCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForUserAlone(
        new DnaCommand(
            "list",
            "Shows the contacts of this machine, a fingerprint a line; asks no network.",
            "dna contacts list",
            "dna contacts list | xargs -n 1 dna name reverse"),
        surroundings, (scene, _) => ListAsync(scene));

    private static async Task<int> ListAsync(LocalScene scene) =>
        new ContactBook(scene.User.Keys, scene.State).Load(text => scene.Error.WriteLine("dna: " + text)) is { } list
            ? await ContactsReport.SayAsync(scene, list).ConfigureAwait(false)
            : ExitCode.Store;
}
