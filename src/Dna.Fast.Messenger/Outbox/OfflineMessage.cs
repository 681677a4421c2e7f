namespace Dna.Fast.Messenger;

/// <summary>A sealed message that waits for its recipient (DNA layer, section 11.1).</summary>
/// <param name="Timestamp">When it was sent, in seconds since 1970, by the sender's clock.</param>
/// <param name="Expiry">From this second on it is not delivered any more.</param>
/// <param name="Sender">Fingerprint.</param>
/// <param name="Recipient">Fingerprint.</param>
/// <param name="Envelope">What <see cref="Kademlia.IUserKeys.Seal"/> made.</param>
/// <param name="Seq">Number among the sender's messages to this recipient, in daily buckets (section 11.3); null in the outbox of the first clients.</param>
public sealed record OfflineMessage(ulong Timestamp, ulong Expiry, string Sender, string Recipient, ReadOnlyMemory<byte> Envelope, ulong? Seq = null)
{
    /// <summary>What <see cref="Kademlia.IUserKeys.Seal"/> made; not changed by anybody.</summary>
    public ReadOnlyMemory<byte> Envelope { get; } = Envelope;

    /// <summary>Which message it is.</summary>
    public MessageDigest Digest { get; } = MessageDigest.Of(Envelope.Span);

    /// <summary>Which copy of the message it is: another one has other bytes somewhere, and may be broken.</summary>
    internal MessageDigest Copy { get; } = MessageDigest.OfBytes(Envelope.Span);
}
