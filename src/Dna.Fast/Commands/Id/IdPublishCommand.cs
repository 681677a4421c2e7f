using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id publish</c>: puts the public keys where others look for them.</summary>
internal static class IdPublishCommand
{
    private static readonly Option<bool> Permanent = new("--permanent") { Description = "Goes on announcing them until Ctrl-C" };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "publish",
            "Puts your public keys into the network for a year, under your fingerprint: from then on others can write to you. dna name register does it too.",
            "dna id publish",
            "dna id publish --key alice -b 192.0.2.1:4000")
        {
            Permanent,
        };
        return Options.ForUser(command, surroundings, (scene, result) => PublishAsync(scene, result.GetValue(Permanent)));
    }

    /// <remarks>JSON: <c>fingerprint</c>, <c>name</c> when there is one, <c>acknowledged</c>.</remarks>
    private static async Task<int> PublishAsync(MessengerScene scene, bool isPermanent)
    {
        Answer<Profile> profile = await scene.Services.Profiles.LoadAsync(scene.Fingerprint, scene.Deadline, cancellation: scene.Cancellation).ConfigureAwait(false);
        if (profile.Code is not (ResultCode.Success or ResultCode.NotFound or ResultCode.AuthenticationFailed)) return await scene.FailAsync(profile.Code, "your profile").ConfigureAwait(false);
        // Without it, publishing anew would take the name off the entries.
        string? name = profile.Value?.Name is { } claimed && claimed.IsValidAt(scene.Now) ? claimed.Name : null;
        PutReport report = await scene.Services.Keyserver.PublishAsync(scene.Keys, name, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess) return await scene.FailAsync(report.Code, "your public keys").ConfigureAwait(false);
        string text = string.Create(
            CultureInfo.InvariantCulture, $"published the keys of {name ?? scene.Fingerprint}; {report.Acknowledged} nodes acknowledged them");
        int code = await scene.SayAsync(text, json =>
        {
            json.WriteString("fingerprint", scene.Fingerprint);
            if (name is not null) json.WriteString("name", name);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
        return isPermanent ? await PutCommand.StayAsync(scene.Client).ConfigureAwait(false) : code;
    }
}
