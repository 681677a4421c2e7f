using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group delete</c>: ends a group.</summary>
internal static class GroupDeleteCommand
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings) => GroupCommand.ForGroup(
        Options,
        new DnaCommand("delete", "Deletes a group that you made, for all members and for ever.", "dna group delete Friends") { Which },
        surroundings,
        Which,
        (desk, group, _) => DeleteAsync(desk, group));

    /// <remarks>JSON: <c>uuid</c>, <c>deleted</c>: true.</remarks>
    private static async Task<int> DeleteAsync(GroupDesk desk, Group group)
    {
        MessengerScene scene = desk.Scene;
        Answer<Group> deleted = await scene.Services.Groups.DeleteAsync(scene.Keys, group.Uuid, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!deleted.IsSuccess)
        {
            return await GroupCommand.FailAsync(
                desk, group, deleted.Code, "deleted", new CodeText(ResultCode.AuthenticationFailed, $"only the creator of {Titles.Of(group.Name)} deletes it; dna group remove leaves it")).ConfigureAwait(false);
        }

        desk.Book.Forget(group.Uuid);
        return await scene.SayAsync($"deleted {group.Uuid} {ValueText.Quote(group.Name)}", json =>
        {
            json.WriteString("uuid", group.Uuid);
            json.WriteBoolean("deleted", true);
        }).ConfigureAwait(false);
    }
}
