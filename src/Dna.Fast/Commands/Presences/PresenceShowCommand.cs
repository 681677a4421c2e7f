using System.CommandLine;
using System.Globalization;
using System.Net;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Presences;

/// <summary><c>dna presence show</c>: whether a user is online, and where.</summary>
internal static class PresenceShowCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "show",
            $"Shows where a user said to be, and whether that still counts. Ends with {ExitCode.Failed} when the user never said.",
            "dna presence show alice",
            "dna presence show alice --json | jq .is_online")
        {
            User,
        };
        return Options.ForAnybody(command, surroundings, (scene, result) => ShowAsync(scene, result.GetValue(User)!));
    }

    /// <remarks>JSON: <c>fingerprint</c>, <c>is_online</c>, <c>ip</c>, <c>port</c>, <c>timestamp</c> (seconds since 1970), <c>verified</c>: false of old clients' presences, which anybody can write.</remarks>
    private static async Task<int> ShowAsync(ReaderScene scene, string user)
    {
        Answer<PublicKeyEntry> keys = await scene.Services.Keyserver.LookupAsync(user, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (keys.Value is not { } entry) return await scene.FailAsync(keys.Code, $"the keys of {user}", UserTexts.Of(user)).ConfigureAwait(false);
        Answer<Presence> found = await scene.Services.Presences.FindAsync(entry.SigningKey, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (found.Value is not { } presence)
        {
            return await scene.FailAsync(
                found.Code, $"the presence of {user}", new CodeText(ResultCode.NotFound, $"{user} has not been online for a week (nodes answered)")).ConfigureAwait(false);
        }

        bool isOnline = presence.IsOnlineAt(scene.Now);
        string where = IPAddress.TryParse(presence.Ip, out IPAddress? address) ? new IPEndPoint(address, presence.Port).ToString() : "an unknown address";
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{(isOnline ? "online" : "offline")}, at {where} on {Dates.Second(presence.Timestamp)}{(presence.IsSigned ? "" : "; nothing proves it")}");
        return await scene.SayAsync(text, json =>
        {
            json.WriteString("fingerprint", entry.Fingerprint);
            json.WriteBoolean("is_online", isOnline);
            json.WriteString("ip", presence.Ip);
            json.WriteNumber("port", presence.Port);
            json.WriteNumber("timestamp", presence.Timestamp);
            json.WriteBoolean("verified", presence.IsSigned);
        }).ConfigureAwait(false);
    }
}
