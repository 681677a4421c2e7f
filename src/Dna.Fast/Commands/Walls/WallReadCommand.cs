using System.CommandLine;
using System.Globalization;
using System.Text;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Walls;

/// <summary><c>dna wall read</c>: shows a wall.</summary>
internal static class WallReadCommand
{
    private const int CountDefault = 20;

    private static readonly Argument<string?> User = new("USER") { Description = "Whose wall: a name or a fingerprint [default: your own]", Arity = ArgumentArity.ZeroOrOne };

    private static readonly TextOption<int> First = Texts.Option<int>("--skip", "Newer posts that are left out", "N", ("0", 0), TryNumber, "a number from 0 to 100000");

    private static readonly TextOption<int> Count = Texts.Option<int>("--count", "Posts to show, at most", "N", ($"{CountDefault}", CountDefault), TryNumber, "a number from 0 to 100000");

    private static readonly Option<bool> Votes = new("--votes") { Description = "Counts the votes on each post too" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "read",
            $"Shows the posts of a wall, newest first; each is its poster's, by its signature. Ends with {ExitCode.Failed} when there is none, with {ExitCode.Unreachable} when that is not known.",
            "dna wall read alice",
            "dna wall read alice --skip 20 --count 20",
            "dna wall read alice --votes --json")
        {
            User, First, Count, Votes,
        };
        return Options.ForAnybodyOrUs(command, surroundings, User, ReadAsync);
    }

    private static async Task<int> ReadAsync(ReaderScene scene, ParseResult result, string user)
    {
        (string? wall, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (wall is null) return code;
        Answer<WallPage> loaded = await scene.Services.Wall.LoadAsync(wall, First.Read(result), Count.Read(result), scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (loaded.Value is not { } page)
            return await scene.FailAsync(loaded.Code, $"the wall of {user}", new CodeText(ResultCode.NotFound, $"there is no post on the wall of {user} (nodes answered)")).ConfigureAwait(false);
        var names = new UserNames(scene, TimeProvider.System);
        foreach (VerifiedPost post in page.Posts)
        {
            (VoteCount? votes, code) = result.GetValue(Votes) ? await CountAsync(scene, post).ConfigureAwait(false) : (null, ExitCode.Ok);
            if (code != ExitCode.Ok) return code;
            await SayAsync(scene, names, post, votes).ConfigureAwait(false);
        }

        int next = First.Read(result) + page.Posts.Count;
        if (next < page.Total) await scene.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"{page.Total - next} older posts: --skip {next}")).ConfigureAwait(false);
        if (page.Unknown.Count == 0) return ExitCode.Ok;
        string who = string.Join(", ", await ShownAsync(names, page.Unknown).ConfigureAwait(false));
        return await scene.FailAsync(ResultCode.Timeout, $"all posts of {who}").ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<string>> ShownAsync(UserNames names, IReadOnlyList<string> users)
    {
        var shown = new List<string>();
        foreach (string user in users) shown.Add(await names.ShownAsync(user).ConfigureAwait(false));
        return shown;
    }

    /// <returns>Null after a message, with the exit code, when they are not known.</returns>
    private static async Task<(VoteCount? Votes, int ExitCode)> CountAsync(ReaderScene scene, VerifiedPost post)
    {
        Answer<VoteCount> votes = await scene.Services.Votes.CountAsync(post.Id, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        return votes.Value is { } count ? (count, ExitCode.Ok) : (null, await scene.FailAsync(votes.Code, $"the votes on {post.Id}").ConfigureAwait(false));
    }

    /// <summary>Shows a post: <c>2026-01-31 12:00:00 alice "Hello" id=FINGERPRINT_TIME</c>, with <c>reply_to=ID</c> of an answer and <c>up=1 down=0</c> where votes were asked for.</summary>
    /// <remarks>JSON: <c>id</c>, <c>from</c> (fingerprint), <c>name</c> (null without one), <c>timestamp</c> (seconds since 1970), <c>text</c>, <c>reply_to</c> (null without one); with votes <c>up</c>, <c>down</c>, <c>unknown</c>: votes whose voters' keys could not be read.</remarks>
    private static async Task SayAsync(ReaderScene scene, UserNames names, VerifiedPost post, VoteCount? votes)
    {
        string? name = await names.OfAsync(post.Poster).ConfigureAwait(false);
        string shown = await names.ShownAsync(post.Poster).ConfigureAwait(false);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Dates.Second(post.Post.Timestamp)} {shown} {ValueText.Quote(post.Post.Text)} id={post.Id}");
        if (post.Post.ReplyTo.Length > 0) text.Append(" reply_to=").Append(ValueText.Quote(post.Post.ReplyTo));
        if (votes is not null) text.Append(CultureInfo.InvariantCulture, $" up={votes.Up} down={votes.Down}");
        await scene.SayAsync(text.ToString(), json =>
        {
            json.WriteString("id", post.Id);
            json.WriteString("from", post.Poster);
            json.WriteString("name", name);
            json.WriteNumber("timestamp", post.Post.Timestamp);
            json.WriteString("text", post.Post.Text);
            json.WriteString("reply_to", post.Post.ReplyTo.Length > 0 ? post.Post.ReplyTo : null);
            if (votes is null) return;
            json.WriteNumber("up", votes.Up);
            json.WriteNumber("down", votes.Down);
            json.WriteNumber("unknown", votes.Unknown);
        }).ConfigureAwait(false);
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 100_000;
}
