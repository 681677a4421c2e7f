using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What a recipient tells a sender about what arrived (DNA layer, section 11.3).</summary>
/// <param name="Time">The newest delivered message's timestamp, in seconds since 1970, by the sender's clock.</param>
/// <param name="IsSigned">True when the recipient's user key signed it; whoever wants can write an unsigned one.</param>
public sealed record DeliveryAcknowledgement(ulong Time, bool IsSigned);

/// <summary>Acknowledgements as bytes and back. Any thread.</summary>
/// <remarks>
/// <c>time 8, big-endian</c>, which is all the original's has; ours goes on with <c>signing key | signature</c>, over <c>"dna-ack-v1" | recipient's fingerprint | sender's fingerprint | time
/// 8</c>. Without the signature anybody could make a sender drop messages that nobody read.
/// </remarks>
public static class AcknowledgementCodec
{
    private static ReadOnlySpan<byte> Label => "dna-ack-v1"u8;

    /// <summary>Writes an acknowledgement of ours.</summary>
    /// <param name="recipient">Who received: the keys that sign.</param>
    /// <param name="sender">Whose messages: a fingerprint.</param>
    public static byte[] Sign(IUserKeys recipient, string sender, ulong time)
    {
        byte[] signature = new byte[recipient.Suite.SignatureBytes];
        recipient.Sign(Message(recipient.Fingerprint, sender, time), signature);
        return new ByteWriter(8 * 1024).UInt64(time).Bytes(recipient.SigningKey.Span).Bytes(signature).ToArray();
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
            acknowledgement = new DeliveryAcknowledgement(time, IsSigned: false);
            return RecordStatus.Ok;
        }

        if (suites.OfSigned(reader.Rest.Length) is not { } suite) return RecordStatus.UnknownSuite;
        ReadOnlySpan<byte> signingKey = reader.Rest[..suite.SigningKeyBytes], signature = reader.Rest[suite.SigningKeyBytes..];
        if (!suites.Verify(signingKey, recipient, Message(recipient, sender, time), signature)) return RecordStatus.BadSignature;
        acknowledgement = new DeliveryAcknowledgement(time, IsSigned: true);
        return RecordStatus.Ok;
    }

    private static byte[] Message(string recipient, string sender, ulong time) => new ByteWriter(512).Bytes(Label).Text(recipient).Text(sender).UInt64(time).ToArray();
}
