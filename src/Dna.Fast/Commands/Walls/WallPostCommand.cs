using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Walls;

/// <summary><c>dna wall post</c>: posts on a wall.</summary>
internal static class WallPostCommand
{
    private static readonly TextInput Text = new("post");

    private static readonly Option<string?> On = new("--on") { Description = "Whose wall: a name or a fingerprint [default: your own]", HelpName = "USER" };

    private static readonly Option<string?> ReplyTo = new("--reply-to") { Description = "The id of a post that this one answers", HelpName = "ID" };

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "post",
            $"Posts a text of up to {WallPost.TextBytesMax} bytes on a wall, signed by you. It needs published keys: dna id publish or dna name register.",
            "dna wall post \"Hello, world\"",
            "dna wall post \"Well said\" --on alice --reply-to ID",
            "fortune | dna wall post");
        Text.AddTo(command);
        command.Options.Add(On);
        command.Options.Add(ReplyTo);
        return Options.ForUser(command, surroundings, (scene, result) => PostAsync(surroundings, scene, result));
    }

    private static async Task<int> PostAsync(Surroundings surroundings, MessengerScene scene, ParseResult result)
    {
        string wall = scene.Fingerprint;
        if (result.GetValue(On) is { } user)
        {
            (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
            if (fingerprint is null) return code;
            wall = fingerprint;
        }

        // A post is added to those before it: two commands at once would each write the other's away.
        using StateTurn? turn = await StateTurn.TakeAsync(scene, "wall").ConfigureAwait(false);
        if (turn is null) return ExitCode.Store;
        string replyTo = result.GetValue(ReplyTo) ?? "";
        return await Text.ForEachAsync(surroundings, scene, result, text => PostAsync(scene, wall, text, replyTo)).ConfigureAwait(false);
    }

    /// <remarks>JSON: <c>wall</c> (fingerprint), <c>id</c> of the post, for <c>--reply-to</c> and votes, <c>acknowledged</c>: nodes that keep it.</remarks>
    private static async Task<int> PostAsync(MessengerScene scene, string wall, string text, string replyTo)
    {
        PostReport posted = await scene.Services.Wall.PostAsync(scene.Keys, wall, text, replyTo, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!posted.IsSuccess)
        {
            return await scene.FailAsync(
                posted.Code, "the post", new CodeText(ResultCode.InvalidParameter, $"a post has 1 to {WallPost.TextBytesMax} bytes, and --reply-to is the id of a post; nothing was sent")).ConfigureAwait(false);
        }

        return await scene.SayAsync(string.Create(CultureInfo.InvariantCulture, $"posted {posted.Id}: {posted.Acknowledged} nodes keep it"), json =>
        {
            json.WriteString("wall", wall);
            json.WriteString("id", posted.Id);
            json.WriteNumber("acknowledged", posted.Acknowledged);
        }).ConfigureAwait(false);
    }
}
