using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What is done with an envelope that came directly: it is opened, handed to whoever receives, and acknowledged when the application has it. Any thread.</summary>
internal sealed class DirectReceiver(IUserKeys keys, IDeliveryLog log, DirectInbox inbox, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(DirectLimits.OpeningMax, DirectLimits.OpeningMax);

    /// <returns>What became of it, and the reply; null for none.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<(DirectOutcome Outcome, byte[]? Reply)> TakeAsync(byte[] envelope, CancellationToken cancellation)
    {
        if (await OpenAsync(envelope, cancellation).ConfigureAwait(false) is not { } message) return (DirectOutcome.NotForUs, null);
        // What cannot be looked up would perhaps be shown twice: its sender queues it.
        if (!await log.OpenAsync(message.Sender, cancellation).ConfigureAwait(false)) return (DirectOutcome.NotTaken, null);
        DirectOutcome outcome = log.Contains(message.Sender, message.Id)
            ? DirectOutcome.AlreadyDelivered
            : await inbox.OfferAsync(message, DirectLimits.TakenWithin, time, cancellation).ConfigureAwait(false);
        return (outcome, outcome is DirectOutcome.Delivered or DirectOutcome.AlreadyDelivered ? DirectFrame.Reply(keys, message.Sender, message.Id) : null);
    }

    public void Dispose() => _opening.Dispose();

    private async Task<ReceivedMessage?> OpenAsync(byte[] envelope, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (keys.Open(envelope, out byte[]? text, out byte[]? signer) != OpenStatus.Ok) return null;
            string sender = UserFingerprint.Of(signer);
            ulong now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
            MessageDigest digest = MessageDigest.Of(envelope);
            // No time: it says nothing of what was sent before, and acknowledgements name the newest time there is.
            var queued = new OfflineMessage(0, now + RecordLimits.WeekSeconds, sender, keys.Fingerprint, envelope);
            return new ReceivedMessage(sender, now, text, digest) { Expiry = queued.Expiry, Sealed = queued };
        }
        finally
        {
            _opening.Release();
        }
    }
}
