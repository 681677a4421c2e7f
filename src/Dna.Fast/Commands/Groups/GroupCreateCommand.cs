using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group create</c>: makes a group and hands out its first key.</summary>
internal static class GroupCreateCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "What it is called" };

    private static readonly Option<string?> Description = new("--description") { Description = "What it is for", HelpName = "TEXT" };

    private static readonly Option<string[]> Members = new("--member") { Description = "A member beside you: a name or a fingerprint; may be said more than once", HelpName = "USER" };

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "create",
            $"Makes a group of up to {GroupKeyPacket.MembersMax} members, you among them, and hands its key to them. It shows the UUID by which the others know it.",
            "dna group create Friends --member bob --member carol",
            "uuid=$(dna group create Friends --member bob --json | jq -r .uuid) && dna msg send bob \"Join $uuid\"")
        {
            Name, Description, Members,
        };
        return GroupCommand.ForDesk(Options, command, surroundings, CreateAsync);
    }

    private static async Task<int> CreateAsync(GroupDesk desk, ParseResult result)
    {
        var members = new List<string>();
        foreach (string user in result.GetValue(Members) ?? [])
        {
            (string? fingerprint, int code) = await desk.Scene.WhoAsync(user).ConfigureAwait(false);
            if (fingerprint is null) return code;
            members.Add(fingerprint);
        }

        MessengerScene scene = desk.Scene;
        string name = result.GetValue(Name)!;
        if (members.Append(scene.Fingerprint).Distinct().Count() > GroupKeyPacket.MembersMax)
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Usage, $"a group has {GroupKeyPacket.MembersMax} members at most; nothing was sent").ConfigureAwait(false);
        Answer<Group> made = await scene.Services.Groups.CreateAsync(
            scene.Keys, Guid.NewGuid(), name, result.GetValue(Description) ?? "", members, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (made.Value is not { } group) return await GroupCommand.FailAsync(desk, new Group { Uuid = "", Creator = "", Name = name }, made.Code, "made").ConfigureAwait(false);
        desk.Book.Keep(new KnownGroup(group.Uuid, group.Name, group.Creator));
        (Group? keyed, int failure) = await desk.RotateAsync(group).ConfigureAwait(false);
        if (keyed is not null) return await new GroupReport(desk).SayAsync(keyed, "created").ConfigureAwait(false);
        await scene.NoteAsync($"the group {group.Uuid} was made, and has no key yet: dna group rotate {group.Uuid} tries again").ConfigureAwait(false);
        return failure;
    }
}
