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

    /// <remarks>JSON: <c>fingerprint</c>, <c>acknowledged</c>.</remarks>
    private static async Task<int> PublishAsync(MessengerScene scene, bool isPermanent)
    {
        PutReport report = await scene.Session.PublishKeysAsync(scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess) return await scene.FailAsync(report.Code, "your public keys").ConfigureAwait(false);
        string text = string.Create(CultureInfo.InvariantCulture, $"published the keys of {scene.Fingerprint}; {report.Acknowledged} nodes acknowledged them");
        int code = await scene.SayAsync(text, json =>
        {
            json.WriteString("fingerprint", scene.Fingerprint);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
        return isPermanent ? await PutCommand.StayAsync(scene.Client).ConfigureAwait(false) : code;
    }
}
