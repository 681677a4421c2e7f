using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Contacts;

/// <summary>Changes the contacts here and in the network. Whatever the network does, a change is kept here; the next push sends it.</summary>
internal sealed class ContactChanges(MessengerScene scene)
{
    private readonly ContactBook _book = new(scene.Keys, scene.State);

    /// <summary>Adds a contact.</summary>
    /// <returns>The list; null after a message, with the exit code.</returns>
    public Task<(ContactList? List, int ExitCode)> AddAsync(string fingerprint) =>
        ChangeAsync(list => list.With(fingerprint), local => scene.Services.Contacts.AddAsync(scene.Keys, local, fingerprint, scene.Deadline, scene.Cancellation));

    /// <summary>Removes a contact.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task<(ContactList? List, int ExitCode)> RemoveAsync(string fingerprint) =>
        ChangeAsync(list => list.Without(fingerprint), local => scene.Services.Contacts.RemoveAsync(scene.Keys, local, fingerprint, scene.Deadline, scene.Cancellation));

    /// <summary>Merges both lists, and puts the result into the network.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task<(ContactList? List, int ExitCode)> PushAsync() =>
        ChangeAsync(list => list, local => scene.Services.Contacts.SyncAsync(scene.Keys, local, scene.Deadline, scene.Cancellation));

    /// <summary>Merges the network's list into the one here, and puts nothing.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public async Task<(ContactList? List, int ExitCode)> PullAsync()
    {
        if (_book.Load(Note) is not { } local) return (null, ExitCode.Store);
        Answer<ContactList> fetched = await scene.Services.Contacts.FetchAsync(scene.Keys, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (fetched.Value is not { } list)
        {
            return (null, await scene.FailAsync(
                fetched.Code, "your contacts", new CodeText(ResultCode.NotFound, "you have no contacts in the network (nodes answered): dna contacts add makes the list, dna contacts push puts it there"))
                .ConfigureAwait(false));
        }

        ContactList merged = ContactList.Merge(local.Identity, [local, list], Math.Max(local.Timestamp, list.Timestamp));
        return await SaveAsync(merged).ConfigureAwait(false) ? (merged, ExitCode.Ok) : (null, ExitCode.Store);
    }

    private async Task<(ContactList? List, int ExitCode)> ChangeAsync(Func<ContactList, ContactList> change, Func<ContactList, Task<Answer<ContactList>>> put)
    {
        if (_book.Load(Note) is not { } local) return (null, ExitCode.Store);
        Answer<ContactList> answer = await put(local).ConfigureAwait(false);
        ContactList kept = answer.Value ?? change(ContactList.Merge(local.Identity, [local], Math.Max(scene.Now, local.Timestamp + 1)));
        if (!await SaveAsync(kept).ConfigureAwait(false)) return (null, ExitCode.Store);
        if (answer.IsSuccess) return (kept, ExitCode.Ok);
        int code = await scene.FailAsync(answer.Code, "your contacts").ConfigureAwait(false);
        await scene.NoteAsync("the list is kept on this machine: dna contacts push sends it").ConfigureAwait(false);
        return (null, code);
    }

    /// <summary>Keeps a list: in turn, as it is merged with what other commands kept meanwhile.</summary>
    private async Task<bool> SaveAsync(ContactList list)
    {
        using StateTurn? turn = await StateTurn.TakeAsync(scene, "contacts").ConfigureAwait(false);
        return turn is not null && _book.Save(list, Note);
    }

    private void Note(string text) => scene.Error.WriteLine("dna: " + text);
}
