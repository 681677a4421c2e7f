using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name reverse</c>: who a fingerprint is.</summary>
internal static class NameReverseCommand
{
    private static readonly Argument<string> Fingerprint = new("FINGERPRINT") { Description = "128 hexadecimal digits" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "reverse",
            "Shows who a fingerprint says it is, and whether the name is really its own.",
            "dna name reverse $(dna id show --json | jq -r .fingerprint)",
            "dna name reverse FINGERPRINT --json")
        {
            Fingerprint,
        };
        return Options.ForAnybody(command, surroundings, (scene, result) => ReverseAsync(scene, result.GetValue(Fingerprint)!));
    }

    /// <remarks>JSON: <c>fingerprint</c>, <c>identity</c>, <c>timestamp</c> (seconds since 1970), <c>has_name</c>: true when the profile of this user rightly claims that name.</remarks>
    private static async Task<int> ReverseAsync(ReaderScene scene, string fingerprint)
    {
        Answer<ReverseEntry> found = await scene.Services.Keyserver.ReverseAsync(fingerprint, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (found.Value is not { } entry)
        {
            return await scene.FailAsync(
                found.Code, "the entry of this fingerprint", new CodeText(ResultCode.NotFound, "this user has published nothing yet (nodes answered): dna id publish does it"),
                new CodeText(ResultCode.InvalidParameter, $"'{fingerprint}' is not a fingerprint of 128 hexadecimal digits")).ConfigureAwait(false);
        }

        // An entry says what its user likes; only the profile's claim makes it a name.
        Answer<Profile> owner = NameRules.MayExist(entry.Identity)
            ? await scene.Services.Names.OwnerAsync(entry.Identity, scene.Deadline, scene.Cancellation).ConfigureAwait(false)
            : new Answer<Profile>(ResultCode.NotFound, null);
        if (!owner.IsSuccess && owner.Code != ResultCode.NotFound) return await scene.FailAsync(owner.Code, $"the name {entry.Identity}").ConfigureAwait(false);
        bool hasName = owner.Value?.Fingerprint == entry.Fingerprint;
        string claim = hasName ? "the name is its own" : entry.Identity == entry.Fingerprint ? "it has no name" : "the name is not its own";
        return await scene.SayAsync($"identity={ValueText.Quote(entry.Identity)} signed={Dates.Second(entry.Timestamp)}, {claim}", json =>
        {
            json.WriteString("fingerprint", entry.Fingerprint);
            json.WriteString("identity", entry.Identity);
            json.WriteNumber("timestamp", entry.Timestamp);
            json.WriteBoolean("has_name", hasName);
        }).ConfigureAwait(false);
    }
}
