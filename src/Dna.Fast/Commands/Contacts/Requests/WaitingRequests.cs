using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary>Requests to us that wait for an answer: genuine, not ended, not declined.</summary>
internal sealed class WaitingRequests(MessengerScene scene)
{
    /// <summary>Those that were declined on this machine.</summary>
    public DeclinedRequests Declined { get; } = new(scene.State);

    /// <summary>All of them, newest first.</summary>
    /// <returns>Null after a message, with the exit code.</returns>
    public async Task<(IReadOnlyList<ContactRequest>? Requests, int ExitCode)> ListAsync()
    {
        Answer<IReadOnlyList<ContactRequest>> found = await scene.Services.Requests.ListAsync(scene.Fingerprint, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        return found.Value is { } requests
            ? ([.. requests.Where(request => !Declined.Contains(request.Sender, request.Timestamp))], ExitCode.Ok)
            : (null, await scene.FailAsync(found.Code, "requests to you").ConfigureAwait(false));
    }

    /// <summary>The request of one user.</summary>
    /// <returns>Null after a message, with the exit code.</returns>
    public async Task<(ContactRequest? Request, int ExitCode)> FindAsync(string user)
    {
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        if (fingerprint is null) return (null, code);
        (IReadOnlyList<ContactRequest>? requests, code) = await ListAsync().ConfigureAwait(false);
        if (requests is null) return (null, code);
        return requests.FirstOrDefault(request => request.Sender == fingerprint) is { } request
            ? (request, ExitCode.Ok)
            : (null, await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"no request of {user} waits: dna contacts request list shows who asks").ConfigureAwait(false));
    }
}
