using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group rotate</c>: hands out a new key.</summary>
internal static class GroupRotateCommand
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings) => GroupCommand.ForGroup(
        Options,
        new DnaCommand(
            "rotate",
            "Makes a new key for a group of yours and hands it to the present members. Changes of members do it by themselves; this is for a member who could not get the last one.",
            "dna group rotate Friends")
        {
            Which,
        },
        surroundings,
        Which,
        (desk, group, _) => RotateAsync(desk, group));

    private static async Task<int> RotateAsync(GroupDesk desk, Group group)
    {
        if (group.Creator != desk.Scene.Fingerprint)
            return await ClientCommand.FailAsync(desk.Scene.Error, ExitCode.Failed, $"only the creator of {Titles.Of(group.Name)} hands out its key").ConfigureAwait(false);
        (Group? rotated, int code) = await desk.RotateAsync(group).ConfigureAwait(false);
        return rotated is null ? code : await new GroupReport(desk).SayAsync(rotated, "new key").ConfigureAwait(false);
    }
}
