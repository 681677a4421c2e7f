using System.CommandLine;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name lookup</c>: the keys of a user.</summary>
internal static class NameLookupCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "lookup",
            $"Shows who has a name, with the public keys that prove it. Ends with {ExitCode.Failed} when nobody has it, with {ExitCode.Unreachable} when that is not known.",
            "dna name lookup alice",
            "dna put letters hello --encrypt-to $(dna name lookup alice --json | jq -r .fingerprint) --key bob")
        {
            User,
        };
        return Options.ForAnybody(command, surroundings, (scene, result) => LookupAsync(scene, result.GetValue(User)!));
    }

    /// <remarks>JSON: <c>fingerprint</c>, <c>identity</c> (the shown name), <c>suite</c>, <c>signing_key</c> and <c>encryption_key</c> (base64), <c>version</c>, <c>timestamp</c> (seconds since 1970).</remarks>
    private static async Task<int> LookupAsync(ReaderScene scene, string user)
    {
        Answer<PublicKeyEntry> found = await scene.Services.Keyserver.LookupAsync(user, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (found.Value is not { } entry) return await scene.FailAsync(found.Code, $"the keys of {user}", UserTexts.Of(user)).ConfigureAwait(false);
        string suite = scene.Services.Network.Suites.OfSigningKey(entry.SigningKey.Length)!.Name;
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{entry.Fingerprint} identity={ValueText.Quote(entry.Identity)} suite={suite} version={entry.Version} signed={Dates.Second(entry.Timestamp)}");
        return await scene.SayAsync(text, json =>
        {
            json.WriteString("fingerprint", entry.Fingerprint);
            json.WriteString("identity", entry.Identity);
            json.WriteString("suite", suite);
            json.WriteBase64String("signing_key", entry.SigningKey.Span);
            json.WriteBase64String("encryption_key", entry.EncryptionKey.Span);
            json.WriteNumber("version", entry.Version);
            json.WriteNumber("timestamp", entry.Timestamp);
        }).ConfigureAwait(false);
    }
}
