using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Seals what one user sends, and opens what the user is sent. Any thread.</summary>
internal sealed class MessagePost(IUserKeys keys, MessengerServices services, DirectSender? direct = null)
{
    /// <summary>Envelopes remembered as not ours to read: 16 bytes each. Forgetting one costs opening it once more.</summary>
    private const int RefusedMax = 4096;

    private readonly HashSet<MessageDigest> _refused = [];

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
        return new SendReport(queued.Code, digest, queued.Acknowledged, false);
    }

    /// <summary>Opens an envelope from whom it says it is.</summary>
    /// <returns>Null when it is not for us, damaged, or signed by somebody else.</returns>
    public ReceivedMessage? Open(OfflineMessage message)
    {
        lock (_refused)
        {
            if (_refused.Contains(message.Digest)) return null;
        }

        bool isOpen = keys.Open(message.Envelope.Span, out byte[]? text, out byte[]? signer) == OpenStatus.Ok;
        if (isOpen && UserFingerprint.Of(signer) == message.Sender)
            return new ReceivedMessage(message.Sender, message.Timestamp, text, message.Digest) { Expiry = message.Expiry, Sealed = message };
        lock (_refused)
        {
            if (_refused.Count >= RefusedMax) _refused.Clear();
            _refused.Add(message.Digest);
        }

        return null;
    }
}
