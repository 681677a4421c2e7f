using System.CommandLine;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary>Whose messages are asked for: our contacts' when nobody is said. Each sender has a place of its own in the network, so a reader has to know whom to look for.</summary>
internal sealed class SenderOptions
{
    private readonly Option<string[]> _from = new("--from")
    {
        Description = "Only this user's messages: a name or a fingerprint; may be said more than once [default: all contacts]",
        HelpName = "USER",
    };

    public void AddTo(Command command) => command.Options.Add(_from);

    /// <summary>True when only some users' messages are asked for.</summary>
    public bool AreSaid(ParseResult result) => result.GetValue(_from) is { Length: > 0 };

    /// <param name="mayBeNone">True: to have no contacts is no reason to end, as something else is asked for too.</param>
    /// <returns>Fingerprints; null after a message, with the exit code.</returns>
    public async Task<(IReadOnlyCollection<string>? Senders, int ExitCode)> ReadAsync(MessengerScene scene, ParseResult result, bool mayBeNone = false)
    {
        if (result.GetValue(_from) is not { Length: > 0 } said) return await ContactsAsync(scene, mayBeNone).ConfigureAwait(false);
        var senders = new List<string>();
        foreach (string user in said)
        {
            (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
            if (fingerprint is null) return (null, code);
            senders.Add(fingerprint);
        }

        return ([.. senders.Distinct()], ExitCode.Ok);
    }

    private static async Task<(IReadOnlyCollection<string>? Senders, int ExitCode)> ContactsAsync(MessengerScene scene, bool mayBeNone)
    {
        if (new ContactBook(scene.Keys, scene.State).Load(text => scene.Error.WriteLine("dna: " + text)) is not { } book) return (null, ExitCode.Store);
        if (book.Contacts.Count > 0) return (book.Contacts, ExitCode.Ok);
        // A new device: the network may have the list of another.
        Answer<ContactList> list = await scene.Services.Contacts.FetchAsync(scene.Keys, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (list.Value is { Contacts: { Count: > 0 } contacts }) return (contacts, ExitCode.Ok);
        if (mayBeNone && (list.IsSuccess || list.Code == ResultCode.NotFound)) return ([], ExitCode.Ok);
        int code = await scene.FailAsync(
            list.IsSuccess ? ResultCode.NotFound : list.Code, "your contacts",
            new CodeText(ResultCode.NotFound, "you have no contacts, so nobody's messages are looked for: dna contacts add adds one, --from asks for one user's")).ConfigureAwait(false);
        return (null, code);
    }
}
