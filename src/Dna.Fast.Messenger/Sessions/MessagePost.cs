using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Seals what one user sends, and opens what the user is sent. Any thread.</summary>
internal sealed class MessagePost(IUserKeys keys, MessengerServices services, DirectSender? direct = null, SaltExchange? salting = null)
{
    /// <summary>Envelopes remembered as not ours to read: under a hundred bytes each. Forgetting one costs opening it once more.</summary>
    private const int RefusedMax = 4096;

    // By sender too: whoever puts a genuine envelope under another sender's key has it refused there only. And by copy: whoever breaks one has that one refused only.
    private readonly HashSet<(string Sender, MessageDigest Copy)> _refused = [];

    /// <summary>Seals a text for a user and for ourselves, and queues it.</summary>
    public async Task<SendReport> SendAsync(string nameOrFingerprint, ReadOnlyMemory<byte> text, Deadline deadline, CancellationToken cancellation)
    {
        Answer<PublicKeyEntry> found = await services.Keyserver.LookupAsync(nameOrFingerprint, deadline.Left, cancellation).ConfigureAwait(false);
        if (found.Value is not { } recipient) return new SendReport(found.Code, default, 0, false);
        // An envelope is sealed within one suite.
        if (recipient.EncryptionKey.Length != keys.Suite.EncryptionKeyBytes) return new SendReport(ResultCode.CryptographyFailed, default, 0, false);
        // Our own entry comes first, as the original has it.
        if (keys.Seal([keys.EncryptionKey, recipient.EncryptionKey], text.Span) is not { } envelope) return new SendReport(ResultCode.CryptographyFailed, default, 0, false);
        MessageDigest digest = MessageDigest.Of(envelope);
        // Whoever did not sign for it finds it in the outbox, and knows it when it has it already.
        if (direct is not null && await direct.TrySendAsync(recipient, envelope, digest, deadline, cancellation).ConfigureAwait(false)) return new SendReport(ResultCode.Success, digest, 0, true);
        PutReport queued = await services.Queue.QueueAsync(keys, recipient.Fingerprint, envelope, deadline.Left, cancellation).ConfigureAwait(false);
        if (queued.IsSuccess && salting is not null) await salting.OfferAsync(recipient, deadline, cancellation).ConfigureAwait(false);
        return new SendReport(queued.Code, digest, queued.Acknowledged, false) { IsPending = queued.IsPending };
    }

    /// <summary>Opens what is ours to read, each message once though there be several copies of it.</summary>
    /// <param name="refused">Envelopes that are not for us, damaged, or not by whom they say.</param>
    public ReceivedMessage[] Open(IReadOnlyList<OfflineMessage> messages, out int refused)
    {
        var each = new ReceivedMessage?[messages.Count];
        // Each costs half a millisecond and more of one core.
        Parallel.For(0, each.Length, i => each[i] = Open(messages[i]));
        ReceivedMessage[] opened = [.. each.OfType<ReceivedMessage>()];
        refused = messages.Count - opened.Length;
        return [.. opened.DistinctBy(message => message.Id)];
    }

    /// <summary>Opens an envelope from whom it says it is.</summary>
    /// <returns>Null when it is not for us, damaged, or signed by somebody else.</returns>
    private ReceivedMessage? Open(OfflineMessage message)
    {
        lock (_refused)
        {
            if (_refused.Contains((message.Sender, message.Copy))) return null;
        }

        bool isOpen = keys.Open(message.Envelope.Span, out byte[]? text, out byte[]? signer) == OpenStatus.Ok;
        if (isOpen && UserFingerprint.Of(signer) == message.Sender)
            return new ReceivedMessage(message.Sender, message.Timestamp, text, message.Digest) { Expiry = message.Expiry, Sealed = message };
        lock (_refused)
        {
            if (_refused.Count >= RefusedMax) _refused.Clear();
            _refused.Add((message.Sender, message.Copy));
        }

        return null;
    }
}
