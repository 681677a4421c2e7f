using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group</c>: groups of users.</summary>
internal static class GroupCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "group",
        "Makes groups and talks in them. What is said is sealed with the group's key, which its creator hands to the members, and anew whenever one comes or goes. "
        + "A member knows a group by its UUID: tell it by dna msg send.",
        "dna group create Friends --member bob --member carol",
        "dna group send Friends \"Hello, all\"",
        "dna group check")
    {
        GroupCreateCommand.Create(surroundings),
        GroupShowCommand.Create(surroundings),
        GroupListCommand.Create(surroundings),
        GroupSendCommand.Create(surroundings),
        GroupCheckCommand.Create(surroundings),
        GroupRenameCommand.Create(surroundings),
        GroupMemberCommands.CreateAdd(surroundings),
        GroupMemberCommands.CreateRemove(surroundings),
        GroupRotateCommand.Create(surroundings),
        GroupDeleteCommand.Create(surroundings),
    };

    public static Argument<string> GroupArgument() => new("GROUP") { Description = "A UUID, or the name or the beginning of the UUID of a group you know" };

    public static MessengerOptions NewOptions() => new() { KeepsState = true };

    /// <summary>Makes a command that works with the groups we know; one such command of a user at a time.</summary>
    /// <returns>The same command.</returns>
    public static Command ForDesk(MessengerOptions options, DnaCommand command, Surroundings surroundings, Func<GroupDesk, ParseResult, Task<int>> act) =>
        options.ForUser(command, surroundings, async (scene, result) =>
        {
            using StateTurn? turn = await StateTurn.TakeAsync(scene, GroupBook.Turn).ConfigureAwait(false);
            if (turn is null) return ExitCode.Store;
            try
            {
                GroupBook book = GroupBook.Load(scene.Keys, scene.State, text => scene.Error.WriteLine("dna: " + text));
                return await act(new GroupDesk(scene, book), result).ConfigureAwait(false);
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                return await ClientCommand.FailAsync(scene.Error, ExitCode.Store, $"the groups you know cannot be read or kept: {refusal.Message}").ConfigureAwait(false);
            }
        });

    /// <summary>As <see cref="ForDesk"/>, for a command about one group, which is read from the network first.</summary>
    /// <returns>The same command.</returns>
    public static Command ForGroup(
        MessengerOptions options, DnaCommand command, Surroundings surroundings, Argument<string> argument, Func<GroupDesk, Group, ParseResult, Task<int>> act) =>
        ForDesk(options, command, surroundings, async (desk, result) =>
        {
            (Group? group, int code) = await desk.FindAsync(result.GetValue(argument)!).ConfigureAwait(false);
            return group is null ? code : await act(desk, group, result).ConfigureAwait(false);
        });

    /// <summary>Says why a change of a group was not made.</summary>
    /// <param name="what">"renamed", "deleted".</param>
    public static Task<int> FailAsync(GroupDesk desk, Group group, ResultCode code, string what, params ReadOnlySpan<CodeText> own) => desk.Scene.FailAsync(
        code, $"the group {Titles.Of(group.Name)}",
        [
            new CodeText(ResultCode.NotFound, $"the group {Titles.Of(group.Name)} is not in the network any more (nodes answered)"),
            new CodeText(ResultCode.AuthenticationFailed, $"the group {Titles.Of(group.Name)} is not yours to be {what}; nothing was sent"),
            new CodeText(ResultCode.InvalidParameter, $"a name has 1 to {Group.NameBytesMax} bytes, a description up to {Group.DescriptionBytesMax}, both without quotes, backslashes and control characters; nothing was sent"),
            new CodeText(ResultCode.OutOfMemory, $"the group {Titles.Of(group.Name)} was changed too often since its creator did: when the creator changes it, members can again; nothing was sent"),
            .. own,
        ]);
}
