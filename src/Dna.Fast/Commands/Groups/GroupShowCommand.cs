using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group show</c>: a group and its members, or what is said there.</summary>
internal static class GroupShowCommand
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly Option<bool> Messages = new("--messages") { Description = "Shows the messages of the last seven days instead, whether they were shown before or not" };

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings) => GroupCommand.ForGroup(
        Options,
        new DnaCommand(
            "show",
            "Shows a group and its members. A group of which you are a member is known from then on by its name.",
            "dna group show 5d1f6a0e-3c55-4d0f-9f0a-0d3b9a2c7e11",
            "dna group show Friends --messages")
        {
            Which, Messages,
        },
        surroundings,
        Which,
        (desk, group, result) => result.GetValue(Messages) ? ShowMessagesAsync(desk, group) : new GroupReport(desk).SayAsync(group, null));

    private static async Task<int> ShowMessagesAsync(GroupDesk desk, Group group)
    {
        var report = new GroupReport(desk);
        GroupTexts texts = await desk.ReadAsync(group).ConfigureAwait(false);
        foreach (GroupText text in texts.Texts) await report.SayMessageAsync(group, text).ConfigureAwait(false);
        return await report.SayMissingAsync(group, texts).ConfigureAwait(false);
    }
}
