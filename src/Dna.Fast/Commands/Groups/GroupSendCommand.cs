using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group send</c>: says something to all members.</summary>
internal static class GroupSendCommand
{
    private static readonly Argument<string> Which = GroupCommand.GroupArgument();

    private static readonly TextInput Text = new("message");

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "send",
            $"Sends a message of up to {GroupMessage.TextBytesMax} bytes to all members of a group; it waits in the network for 7 days.",
            "dna group send Friends \"Hello, all\"",
            "seq 1 20 | dna group send Friends --lines")
        {
            Which,
        };
        Text.AddTo(command);
        return GroupCommand.ForGroup(Options, command, surroundings, Which, (desk, group, result) => SendAsync(surroundings, desk, group, result));
    }

    private static async Task<int> SendAsync(Surroundings surroundings, GroupDesk desk, Group found, ParseResult result)
    {
        if (!found.Members.Contains(desk.Scene.Fingerprint)) return await NoMemberAsync(desk, found).ConfigureAwait(false);
        (Group? group, int code) = await desk.CatchUpAsync(found).ConfigureAwait(false);
        if (group is null) return code;
        (ReadOnlyMemory<byte> key, code) = await desk.KeyAsync(group).ConfigureAwait(false);
        if (key.IsEmpty) return code;
        return await Text.ForEachAsync(surroundings, desk.Scene, result, text => SendAsync(desk.Scene, group, key, text)).ConfigureAwait(false);
    }

    /// <remarks>JSON: <c>group</c> (UUID), <c>key_version</c>, <c>acknowledged</c>: nodes that keep it.</remarks>
    private static async Task<int> SendAsync(MessengerScene scene, Group group, ReadOnlyMemory<byte> key, string text)
    {
        PutReport sent = await scene.Services.GroupOutbox.SendAsync(scene.Keys, group.Uuid, group.KeyVersion, key, text, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!sent.IsSuccess)
        {
            return await scene.FailAsync(
                sent.Code, $"the message to {Titles.Of(group.Name)}",
                new CodeText(ResultCode.InvalidParameter, $"a message to a group has 1 to {GroupMessage.TextBytesMax} bytes; nothing was sent"),
                new CodeText(ResultCode.OutOfMemory, $"you have sent as many messages to {Titles.Of(group.Name)} today as a day takes; nothing was sent")).ConfigureAwait(false);
        }

        return await scene.SayAsync(string.Create(CultureInfo.InvariantCulture, $"sent to {Titles.Of(group.Name)}: {sent.Acknowledged} nodes keep it"), json =>
        {
            json.WriteString("group", group.Uuid);
            json.WriteNumber("key_version", group.KeyVersion);
            json.WriteNumber("acknowledged", sent.Acknowledged);
        }).ConfigureAwait(false);
    }

    private static Task<int> NoMemberAsync(GroupDesk desk, Group group) => desk.Scene.FailAsync(
        ResultCode.AuthenticationFailed, Titles.Of(group.Name), new CodeText(ResultCode.AuthenticationFailed, $"you are no member of {Titles.Of(group.Name)}: a member adds you with dna group add"));
}
