using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Groups;

/// <summary><c>dna group check</c>: what others said in our groups.</summary>
internal static class GroupCheckCommand
{
    private static readonly Argument<string[]> Which = new("GROUP")
    {
        Description = "UUIDs, or names or beginnings of the UUIDs of groups you know [default: all you know]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly MessengerOptions Options = GroupCommand.NewOptions();

    public static Command Create(Surroundings surroundings) => GroupCommand.ForDesk(
        Options,
        new DnaCommand(
            "check",
            $"Shows what other members said in the last seven days, each message once. Ends with {ExitCode.Ok} also when there is none, and with {ExitCode.Unreachable} when that is not known.",
            "dna group check",
            "dna group check Friends --json")
        {
            Which,
        },
        surroundings,
        CheckAllAsync);

    /// <summary>Checks one group after the other; one that fails keeps the others from nothing.</summary>
    private static async Task<int> CheckAllAsync(GroupDesk desk, ParseResult result)
    {
        string[] groups = result.GetValue(Which) is { Length: > 0 } said ? said : [.. desk.Book.All.Select(group => group.Uuid)];
        if (groups.Length == 0)
        {
            return await desk.Scene.FailAsync(
                ResultCode.NotFound, "groups", new CodeText(ResultCode.NotFound, "this machine knows no group: dna group show UUID makes one known, dna group create makes one")).ConfigureAwait(false);
        }

        int worst = ExitCode.Ok;
        foreach (string each in groups)
        {
            (Group? group, int code) = await desk.FindAsync(each).ConfigureAwait(false);
            if (group is not null) code = await CheckAsync(desk, group).ConfigureAwait(false);
            if (code != ExitCode.Ok) worst = code;
        }

        return worst;
    }

    private static async Task<int> CheckAsync(GroupDesk desk, Group found)
    {
        // A creator who only reads hands out keys too: nobody else can.
        (Group? group, int code) = await desk.CatchUpAsync(found).ConfigureAwait(false);
        group ??= found;
        var report = new GroupReport(desk);
        GroupTexts texts = await desk.ReadAsync(group).ConfigureAwait(false);
        IReadOnlyDictionary<string, ulong> read = desk.Book.Find(group.Uuid)?.Read ?? new Dictionary<string, ulong>();
        GroupText[] news = [.. texts.Texts.Where(text => text.Sender != desk.Scene.Fingerprint && !read.ContainsKey(text.Id))];
        foreach (GroupText text in news) await report.SayMessageAsync(group, text).ConfigureAwait(false);
        await desk.Scene.Output.FlushAsync().ConfigureAwait(false);
        if (news.Length > 0) desk.Keep(group, news);
        int missing = await report.SayMissingAsync(group, texts).ConfigureAwait(false);
        return missing != ExitCode.Ok ? missing : code;
    }
}
