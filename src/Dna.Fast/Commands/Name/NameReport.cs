using System.Globalization;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary>What came of taking or keeping a name.</summary>
internal static class NameReport
{
    /// <summary>Prints the name as the network has it now. JSON: <c>name</c>, <c>fingerprint</c>, <c>registered_at</c>, <c>expires_at</c> (seconds since 1970), <c>acknowledged</c>.</summary>
    /// <param name="done">What was done with it, for people.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> SayAsync(MessengerScene scene, string done, PutReport report)
    {
        Answer<Profile> profile = await scene.Services.Profiles.LoadAsync(scene.Fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        if (profile.Value?.Name is not { } name) return await scene.FailAsync(profile.IsSuccess ? ResultCode.NotFound : profile.Code, "your profile").ConfigureAwait(false);
        string text = string.Create(CultureInfo.InvariantCulture, $"{done} {name.Name} until {Dates.Day(name.ExpiresAt)} for {scene.Fingerprint}; {report.Acknowledged} nodes acknowledged it");
        return await scene.SayAsync(text, json =>
        {
            json.WriteString("name", name.Name);
            json.WriteString("fingerprint", scene.Fingerprint);
            json.WriteNumber("registered_at", name.RegisteredAt);
            json.WriteNumber("expires_at", name.ExpiresAt);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
    }
}
