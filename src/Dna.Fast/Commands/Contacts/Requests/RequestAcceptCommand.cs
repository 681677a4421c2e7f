using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary><c>dna contacts request accept</c>: makes who asked a contact.</summary>
internal static class RequestAcceptCommand
{
    /// <summary>Tells the asker's person what our answer is.</summary>
    private const string AnswerText = "Contact request accepted";

    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly TextOption<string> Name = RequestTexts.Name();

    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "accept",
            "Adds who asked to your contacts, and answers with a request of your own, so that the other one knows.",
            "dna contacts request accept alice",
            "dna contacts request accept FINGERPRINT --key bob")
        {
            User, Name,
        };
        return Options.ForUser(command, surroundings, (scene, result) => AcceptAsync(scene, result.GetValue(User)!, Name.Read(result)));
    }

    private static async Task<int> AcceptAsync(MessengerScene scene, string user, string said)
    {
        (ContactRequest? request, int code) = await new WaitingRequests(scene).FindAsync(user).ConfigureAwait(false);
        if (request is null) return code;
        (ContactList? list, code) = await new ContactChanges(scene).AddAsync(request.Sender).ConfigureAwait(false);
        if (list is null) return code;
        string name = await RequestTexts.OurNameAsync(scene, said).ConfigureAwait(false);
        PutReport answer = await scene.Services.Requests.SendAsync(scene.Keys, request.Sender, name, AnswerText, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!answer.IsSuccess) await scene.NoteAsync("the contact was added, and the answer did not reach the network: dna contacts request send answers later").ConfigureAwait(false);
        return await ContactsReport.SayAsync(scene, $"added {request.Sender}", list).ConfigureAwait(false);
    }
}
