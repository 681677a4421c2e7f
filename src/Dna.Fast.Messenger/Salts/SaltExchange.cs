using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Agrees with contacts on salts, by notes among the messages. Any thread.</summary>
/// <remarks>
/// Who offers has seen a signed acknowledgement of that contact, which first clients do not write: they would show a note as text. Who is offered one reads there from then on, and accepts; who
/// offered writes there from then on; and who hears something there writes there too. So nobody writes where the other does not read.
/// </remarks>
/// <param name="book">Null without a folder: what is agreed upon must outlive the session.</param>
/// <param name="isOn">False: nothing is offered or accepted; what was agreed upon goes on.</param>
internal sealed class SaltExchange(IUserKeys keys, MessengerServices services, SaltBook? book, bool isOn)
{
    private ulong Now => services.Network.Now;

    /// <summary>Offers a salt to a contact to whom something was sent just now, when that is not done yet and the contact is known to understand it. Whatever comes of it, the message was sent.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task OfferAsync(PublicKeyEntry contact, Deadline deadline, CancellationToken cancellation)
    {
        if (!isOn || book is null || contact.Fingerprint == keys.Fingerprint || !SharedSalt.MayOffer(book.Of(contact.Fingerprint), Now)) return;
        Answer<DeliveryAcknowledgement> told = await services.Queue.AcknowledgementAsync(keys.Fingerprint, contact.Fingerprint, deadline.Left, cancellation).ConfigureAwait(false);
        if (told.Value is not { IsSigned: true, Delivered.Count: > 0 }) return;
        SharedSalt? offered = null;
        await book.ChangeAsync(
            contact.Fingerprint,
            present => offered = SharedSalt.MayOffer(present, Now) ? (present ?? SharedSalt.New(Now)) with { Time = Now } : null,
            cancellation).ConfigureAwait(false);
        // From now on we read there, whether the offer arrives or not.
        if (offered is not null && book.Of(contact.Fingerprint) == offered) await SendAsync(contact, new SaltNote(SaltNoteKind.Offer, offered.Time, offered.Salt), deadline, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes notes out of what was opened, does what they say, and confirms them: an application never sees one.</summary>
    /// <returns>The messages.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ReceivedMessage[]> SiftAsync(ReceivedMessage[] opened, Deadline deadline, CancellationToken cancellation)
    {
        ReceivedMessage[] notes = [.. opened.Where(message => SaltNote.IsOne(message.Text.Span))];
        if (notes.Length == 0) return opened;
        foreach (ReceivedMessage note in notes) await TakeAsync(note, deadline, cancellation).ConfigureAwait(false);
        await services.Inbox.ConfirmAsync(keys, [.. notes.Select(note => note.Sealed).OfType<OfflineMessage>()], deadline.Left, cancellation).ConfigureAwait(false);
        return [.. opened.Except(notes)];
    }

    private async Task TakeAsync(ReceivedMessage message, Deadline deadline, CancellationToken cancellation)
    {
        if (!isOn || book is null || SaltNote.Read(message.Text.Span, message.Sender, keys.Fingerprint, out SaltNote? note) != RecordStatus.Ok) return;
        await book.ChangeAsync(message.Sender, present => SharedSalt.After(present, note!, Now), cancellation).ConfigureAwait(false);
        // Accepted is what is on the disk.
        if (note!.Kind == SaltNoteKind.Accept || book.Of(message.Sender) is not { } shared || !shared.Salt.Span.SequenceEqual(note.Salt.Span)) return;
        Answer<PublicKeyEntry> contact = await services.Keyserver.LookupAsync(message.Sender, deadline.Left, cancellation).ConfigureAwait(false);
        if (contact.Value is { } entry) await SendAsync(entry, note with { Kind = SaltNoteKind.Accept }, deadline, cancellation).ConfigureAwait(false);
    }

    private async Task SendAsync(PublicKeyEntry contact, SaltNote note, Deadline deadline, CancellationToken cancellation)
    {
        if (contact.EncryptionKey.Length != keys.Suite.EncryptionKeyBytes || keys.Seal([contact.EncryptionKey], note.Write(keys.Fingerprint, contact.Fingerprint)) is not { } envelope) return;
        await services.Queue.QueueAsync(keys, contact.Fingerprint, envelope, deadline.Left, cancellation).ConfigureAwait(false);
    }
}
