using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Walls;

/// <summary><c>dna wall vote</c>: votes on a post.</summary>
internal static class WallVoteCommand
{
    private static readonly Argument<string> Post = new("ID") { Description = "The post's id, as dna wall read shows it" };

    private static readonly Argument<string> Way = NewWay();

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "vote",
            $"Votes on a post, once and for ever. Ends with {ExitCode.Taken} when you have voted on it already. It counts for whoever finds your published keys.",
            "dna wall vote ID up",
            "dna wall vote ID down")
        {
            Post, Way,
        };
        return Options.ForUser(command, surroundings, (scene, result) => VoteAsync(scene, result.GetValue(Post)!, result.GetValue(Way) == "up"));
    }

    /// <remarks>JSON: <c>post</c>, <c>vote</c> (1 or −1), <c>acknowledged</c>: nodes that keep it.</remarks>
    private static async Task<int> VoteAsync(MessengerScene scene, string post, bool isUp)
    {
        PutReport voted = await scene.Services.Votes.VoteAsync(scene.Keys, post, isUp, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!voted.IsSuccess)
        {
            return await scene.FailAsync(
                voted.Code, "the vote",
                new CodeText(ResultCode.AlreadyExists, "you have voted on this post already, and a vote stays"),
                new CodeText(ResultCode.InvalidParameter, $"'{post}' is not the id of a post: dna wall read shows them")).ConfigureAwait(false);
        }

        return await scene.SayAsync(string.Create(CultureInfo.InvariantCulture, $"voted {(isUp ? "up" : "down")}: {voted.Acknowledged} nodes keep it"), json =>
        {
            json.WriteString("post", post);
            json.WriteNumber("vote", isUp ? 1 : -1);
            json.WriteNumber("acknowledged", voted.Acknowledged);
        }).ConfigureAwait(false);
    }

    private static Argument<string> NewWay()
    {
        var way = new Argument<string>("up|down") { Description = "What you think of it" };
        way.AcceptOnlyFromAmong("up", "down");
        return way;
    }
}
