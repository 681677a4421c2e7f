using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group add</c> and <c>remove</c>: who is a member. The group's key changes with them.</summary>
internal static class GroupMemberCommands
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions AddOptions = GroupCommand.NewOptions();

    private static readonly MessengerOptions RemoveOptions = GroupCommand.NewOptions();

    public static Command CreateAdd(Surroundings surroundings) => GroupCommand.ForGroup(
        AddOptions,
        new DnaCommand(
            "add",
            "Adds a member, who reads what is said from then on: a new key is handed out, by the creator at once, after another member's change with the creator's next command. Each member may.",
            "dna group add Friends carol")
        {
            Which, User,
        },
        surroundings,
        Which,
        AddAsync);

    public static Command CreateRemove(Surroundings surroundings) => GroupCommand.ForGroup(
        RemoveOptions,
        new DnaCommand(
            "remove",
            "Removes a member: the creator any other, who reads nothing from then on because the others get a new key; a member itself.",
            "dna group remove Friends carol")
        {
            Which, User,
        },
        surroundings,
        Which,
        RemoveAsync);

    private static async Task<int> AddAsync(GroupDesk desk, Group group, ParseResult result)
    {
        MessengerScene scene = desk.Scene;
        string user = result.GetValue(User)!;
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        if (group.Members.Count >= GroupKeyPacket.MembersMax && !group.Members.Contains(fingerprint))
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"{Titles.Of(group.Name)} has {GroupKeyPacket.MembersMax} members, and no more are possible; nothing was sent").ConfigureAwait(false);
        Answer<Group> changed = await scene.Services.Groups.AddMemberAsync(scene.Keys, group.Uuid, group.Creator, fingerprint, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (changed.Value is { } next) return await HandOutAsync(desk, next, "added").ConfigureAwait(false);
        return await GroupCommand.FailAsync(
            desk, group, changed.Code, "changed", new CodeText(ResultCode.AlreadyExists, $"{user} is a member of {Titles.Of(group.Name)} already")).ConfigureAwait(false);
    }

    private static async Task<int> RemoveAsync(GroupDesk desk, Group group, ParseResult result)
    {
        MessengerScene scene = desk.Scene;
        string user = result.GetValue(User)!;
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        if (!group.Members.Contains(fingerprint)) return await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"{user} is no member of {Titles.Of(group.Name)}").ConfigureAwait(false);
        Answer<Group> changed = await scene.Services.Groups.RemoveMemberAsync(scene.Keys, group.Uuid, group.Creator, fingerprint, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (changed.Value is { } next) return await HandOutAsync(desk, next, "removed").ConfigureAwait(false);
        string reason = fingerprint == group.Creator
            ? $"the creator of {Titles.Of(group.Name)} cannot leave it: dna group delete ends it"
            : $"only the creator of {Titles.Of(group.Name)} removes others";
        return await GroupCommand.FailAsync(desk, group, changed.Code, "changed", new CodeText(ResultCode.AuthenticationFailed, reason)).ConfigureAwait(false);
    }

    /// <summary>After a change of the members: a new key, when we are who makes it.</summary>
    private static async Task<int> HandOutAsync(GroupDesk desk, Group changed, string done)
    {
        MessengerScene scene = desk.Scene;
        (Group? group, int code) = await desk.CatchUpAsync(changed).ConfigureAwait(false);
        if (!changed.Members.Contains(scene.Fingerprint)) desk.Book.Forget(changed.Uuid);
        else if (changed.Creator != scene.Fingerprint) await scene.NoteAsync("the creator's next command with this group hands out the new key").ConfigureAwait(false);
        if (group is not null) return await new GroupReport(desk).SayAsync(group, done).ConfigureAwait(false);
        await scene.NoteAsync($"the members are changed, and the old key is still in use: dna group rotate {changed.Uuid} tries again").ConfigureAwait(false);
        return code;
    }
}
