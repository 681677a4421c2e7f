using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary><c>dna contacts request send</c>: asks somebody.</summary>
internal static class RequestSendCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly TextOption<string> Name = RequestTexts.Name();

    private static readonly TextOption<string> Message = RequestTexts.Message();

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "send",
            "Asks somebody to be a contact. Everybody who looks can read name and message of a request.",
            "dna contacts request send bob",
            "dna contacts request send bob --message 'Hello, it is me' --key alice")
        {
            User, Name, Message,
        };
        return Options.ForUser(command, surroundings, (scene, result) => SendAsync(scene, result.GetValue(User)!, Name.Read(result), Message.Read(result)));
    }

    /// <remarks>JSON: <c>to</c> (fingerprint), <c>name</c>, <c>message</c>, <c>acknowledged</c>.</remarks>
    private static async Task<int> SendAsync(MessengerScene scene, string user, string said, string message)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return code;
        if (fingerprint == scene.Fingerprint) return await ClientCommand.FailAsync(scene.Error, ExitCode.Usage, "this is you: nobody is a contact of their own").ConfigureAwait(false);
        string name = await RequestTexts.OurNameAsync(scene, said).ConfigureAwait(false);
        PutReport report = await scene.Services.Requests.SendAsync(scene.Keys, fingerprint, name, message, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess) return await scene.FailAsync(report.Code, "the request").ConfigureAwait(false);
        return await scene.SayAsync(string.Create(CultureInfo.InvariantCulture, $"asked {fingerprint}; {report.Acknowledged} nodes acknowledged it"), json =>
        {
            json.WriteString("to", fingerprint);
            json.WriteString("name", name);
            json.WriteString("message", message);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
    }
}
