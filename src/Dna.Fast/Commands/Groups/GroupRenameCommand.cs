using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group rename</c>: changes a group's name or description.</summary>
internal static class GroupRenameCommand
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly Argument<string?> Name = new("NAME") { Description = "The new name [default: the old one]", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Description = new("--description") { Description = "What it is for [default: as before]", HelpName = "TEXT" };

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "rename",
            "Changes the name or the description of a group, for all members. Each member may.",
            "dna group rename Friends \"Good friends\"",
            "dna group rename Friends --description \"People we like\"")
        {
            Which, Name, Description,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Name) is not { Tokens.Count: > 0 } && result.GetResult(Description) is null) result.AddError("What shall be changed? Give a NAME or --description.");
        });
        return GroupCommand.ForGroup(Options, command, surroundings, Which, RenameAsync);
    }

    private static async Task<int> RenameAsync(GroupDesk desk, Group group, ParseResult result)
    {
        MessengerScene scene = desk.Scene;
        Answer<Group> changed = await scene.Services.Groups.UpdateAsync(
            scene.Keys, group.Uuid, group.Creator, result.GetValue(Name), result.GetValue(Description), scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (changed.Value is not { } next) return await GroupCommand.FailAsync(desk, group, changed.Code, "renamed").ConfigureAwait(false);
        if (desk.Book.Find(group.Uuid) is { } known) desk.Book.Keep(known with { Name = next.Name });
        return await new GroupReport(desk).SayAsync(next, "changed").ConfigureAwait(false);
    }
}
