using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Profiles;

/// <summary><c>dna profile set</c>: changes our profile.</summary>
internal static class ProfileSetCommand
{
    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "set",
            "Changes your profile, which everybody can read; what you do not say stays, an empty text takes a field away. A profile that cannot be read is not written over.",
            "dna profile set --bio 'I like ducks' --location Here",
            "dna profile set --wallet btc=1BoatSLRHtKNngkdXEeobR76b53LETtpyT --social github=alice",
            "dna profile set --website ''");
        foreach (Option option in ProfileFields.All) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (!ProfileFields.IsAnySaid(result)) result.AddError("What shall be changed? Say --bio or another field.");
            ProfileFields.Check(result);
        });
        return Options.ForUser(command, surroundings, SetAsync);
    }

    /// <remarks>JSON: the profile as <see cref="ProfileReport"/> writes it, and <c>acknowledged</c>.</remarks>
    private static async Task<int> SetAsync(MessengerScene scene, ParseResult result)
    {
        Profile? written = null;
        PutReport report = await scene.Services.Profiles.UpdateAsync(
            scene.Keys, profile => written = ProfileFields.Apply(profile, result), scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess || written is null) return await scene.FailAsync(report.Code, "your profile").ConfigureAwait(false);
        // What was put has times and a version of its own: the network's copy says them.
        Answer<Profile> present = await scene.Services.Profiles.LoadAsync(scene.Fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        Profile profile = present.Value ?? written;
        string text = ProfileReport.Text(profile, scene.Now) + string.Create(CultureInfo.InvariantCulture, $"\n{report.Acknowledged} nodes acknowledged it");
        return await scene.SayAsync(text, json =>
        {
            ProfileReport.Write(json, profile, scene.Now);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
    }
}
