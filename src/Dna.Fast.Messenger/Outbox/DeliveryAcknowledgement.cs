using System.Buffers.Binary;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What a recipient tells a sender about what arrived (DNA layer, section 11.3).</summary>
/// <param name="Time">The newest delivered message's timestamp, in seconds since 1970, by the sender's clock.</param>
/// <param name="Delivered">Which messages arrived, as far as the recipient says; none in the original's form.</param>
/// <param name="IsSigned">True when the recipient's user key signed it; whoever wants can write an unsigned one.</param>
public sealed record DeliveryAcknowledgement(ulong Time, IReadOnlyList<MessageDigest> Delivered, bool IsSigned);

/// <summary>Acknowledgements as bytes and back. Any thread.</summary>
/// <remarks>
/// <c>time 8</c>, which is all the original's has; ours goes on with <c>count 2 | digests, 16 each | signing key | signature</c>, over <c>"dna-ack-v1" | recipient's fingerprint | sender's
/// fingerprint | time 8 | count 2 | digests</c>; numbers big-endian. A time alone says too much: a message older than it may never have been found. And without the signature anybody
/// could make a sender drop messages that nobody read.
/// </remarks>
public static class AcknowledgementCodec
{
    /// <summary>Messages one acknowledgement names: four days of full buckets; 32 KB.</summary>
    public const int DeliveredMax = 2000;

    private static ReadOnlySpan<byte> Label => "dna-ack-v1"u8;

    /// <summary>Writes an acknowledgement of ours.</summary>
    /// <param name="recipient">Who received: the keys that sign.</param>
    /// <param name="sender">Whose messages: a fingerprint.</param>
    /// <param name="delivered">At most <see cref="DeliveredMax"/>.</param>
    /// <exception cref="ArgumentException">Too many.</exception>
    public static byte[] Sign(IUserKeys recipient, string sender, ulong time, IReadOnlyCollection<MessageDigest> delivered)
    {
        if (delivered.Count > DeliveredMax) throw new ArgumentException($"An acknowledgement names at most {DeliveredMax} messages.", nameof(delivered));
        var body = new ByteWriter(64 + delivered.Count * MessageDigest.Bytes);
        body.UInt64(time).UInt16((ushort)delivered.Count);
        Span<byte> bytes = stackalloc byte[MessageDigest.Bytes];
        foreach (MessageDigest digest in delivered)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, digest.Bits);
            body.Bytes(bytes);
        }

        byte[] signature = new byte[recipient.Suite.SignatureBytes];
        recipient.Sign(Message(recipient.Fingerprint, sender, body.Written), signature);
        return body.Bytes(recipient.SigningKey.Span).Bytes(signature).ToArray();
    }

    /// <summary>Reads an acknowledgement; one that says it is signed and is not rightly so is refused.</summary>
    /// <param name="recipient">Who should have signed it: a fingerprint.</param>
    /// <param name="sender">Whose messages: a fingerprint.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, string recipient, string sender, out DeliveryAcknowledgement? acknowledgement)
    {
        acknowledgement = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt64(out ulong time)) return RecordStatus.Malformed;
        if (reader.IsAtEnd)
        {
            acknowledgement = new DeliveryAcknowledgement(time, [], IsSigned: false);
            return RecordStatus.Ok;
        }

        if (!reader.TryUInt16(out ushort count)) return RecordStatus.Malformed;
        if (count > DeliveredMax) return RecordStatus.TooLarge;
        if (!reader.TryBytes((uint)count * MessageDigest.Bytes, out ReadOnlySpan<byte> digests)) return RecordStatus.Malformed;
        if (suites.OfSigned(reader.Rest.Length) is not { } suite) return RecordStatus.UnknownSuite;
        ReadOnlySpan<byte> signingKey = reader.Rest[..suite.SigningKeyBytes], signature = reader.Rest[suite.SigningKeyBytes..];
        if (!suites.Verify(signingKey, recipient, Message(recipient, sender, data[..^reader.Rest.Length]), signature)) return RecordStatus.BadSignature;
        var delivered = new MessageDigest[count];
        for (int i = 0; i < count; i++) delivered[i] = new MessageDigest(BinaryPrimitives.ReadUInt128BigEndian(digests[(i * MessageDigest.Bytes)..]));
        acknowledgement = new DeliveryAcknowledgement(time, delivered, IsSigned: true);
        return RecordStatus.Ok;
    }

    private static byte[] Message(string recipient, string sender, ReadOnlySpan<byte> body) => new ByteWriter(1024).Bytes(Label).Text(recipient).Text(sender).Bytes(body).ToArray();
}
