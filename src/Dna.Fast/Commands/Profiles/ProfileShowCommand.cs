using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Profiles;

/// <summary><c>dna profile show</c>: what a user shows.</summary>
internal static class ProfileShowCommand
{
    private static readonly Argument<string?> User = new("USER") { Description = "A name or a fingerprint [default: you]", Arity = ArgumentArity.ZeroOrOne };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "show",
            $"Shows a user's profile; of several the newest that the user signed. Ends with {ExitCode.Failed} when there is none, with {ExitCode.Unreachable} when that is not known.",
            "dna profile show",
            "dna profile show alice",
            "dna profile show alice --json | jq -r .wallets.btc")
        {
            User,
        };
        return Options.ForAnybodyOrUs(command, surroundings, User, (scene, _, user) => ShowAsync(scene, user));
    }

    private static async Task<int> ShowAsync(ReaderScene scene, string user)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        Answer<Profile> found = await scene.Services.Profiles.LoadAsync(fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        if (found.Value is { } profile) return await scene.SayAsync(ProfileReport.Text(profile, scene.Now), json => ProfileReport.Write(json, profile, scene.Now)).ConfigureAwait(false);
        if (found.Code == ResultCode.NotFound)
        {
            // Nobody has the unified one: clients of the first days wrote another.
            Answer<OldProfile> old = await scene.Services.Profiles.LoadDeprecatedAsync(fingerprint, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
            if (old.Value is { } first)
            {
                await scene.NoteAsync("this profile is of a client of the first days, and nothing proves whose it is").ConfigureAwait(false);
                return await scene.SayAsync(ProfileReport.Text(fingerprint, first), json => ProfileReport.Write(json, fingerprint, first)).ConfigureAwait(false);
            }

            if (old.Code != ResultCode.NotFound) return await scene.FailAsync(old.Code, $"the profile of {user}").ConfigureAwait(false);
        }

        return await scene.FailAsync(found.Code, $"the profile of {user}", new CodeText(ResultCode.NotFound, $"{user} has no profile yet (nodes answered): dna profile set makes one")).ConfigureAwait(false);
    }
}
