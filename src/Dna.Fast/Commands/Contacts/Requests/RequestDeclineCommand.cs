using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary><c>dna contacts request decline</c>: hides a request.</summary>
internal static class RequestDeclineCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "decline",
            "Hides a request on this machine; the other one is not told. A new request of the same user is shown again.",
            "dna contacts request decline mallory",
            "dna contacts request decline FINGERPRINT --key bob")
        {
            User,
        };
        return Options.ForUser(command, surroundings, (scene, result) => DeclineAsync(scene, result.GetValue(User)!));
    }

    /// <remarks>JSON: <c>declined</c> (fingerprint).</remarks>
    private static async Task<int> DeclineAsync(MessengerScene scene, string user)
    {
        var waiting = new WaitingRequests(scene);
        (ContactRequest? request, int code) = await waiting.FindAsync(user).ConfigureAwait(false);
        if (request is null) return code;
        try
        {
            waiting.Declined.Add(request.Sender, request.Timestamp);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Store, $"it cannot be kept in {scene.State.OfUser}: {refusal.Message}").ConfigureAwait(false);
        }

        return await scene.SayAsync($"declined {request.Sender}", json => json.WriteString("declined", request.Sender)).ConfigureAwait(false);
    }
}
