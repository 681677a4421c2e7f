using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group list</c>: the groups we know.</summary>
internal static class GroupListCommand
{
    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings) => GroupCommand.ForDesk(
        Options,
        new DnaCommand("list", "Shows the groups this machine knows, with their UUIDs; asks no network.", "dna group list", "dna group list --json"),
        surroundings,
        (desk, _) => ListAsync(desk));

    /// <remarks>JSON: <c>uuid</c>, <c>name</c>, <c>creator</c> (fingerprint), <c>is_ours</c>: true when we made it.</remarks>
    private static async Task<int> ListAsync(GroupDesk desk)
    {
        foreach (KnownGroup group in desk.Book.All)
        {
            bool isOurs = group.Creator == desk.Scene.Fingerprint;
            await desk.Scene.SayAsync($"{group.Uuid} {ValueText.Quote(group.Name)}{(isOurs ? " yours" : "")}", json =>
            {
                json.WriteString("uuid", group.Uuid);
                json.WriteString("name", group.Name);
                json.WriteString("creator", group.Creator);
                json.WriteBoolean("is_ours", isOurs);
            }).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
