using System.Buffers.Binary;

using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What a reply says.</summary>
internal enum DirectReply
{
    /// <summary>No reply of ours or of first clients.</summary>
    Wrong,

    /// <summary>Only the byte that anybody can send: it was taken, as far as somebody says.</summary>
    Unsigned,

    /// <summary>The recipient signed that it has the message.</summary>
    Delivered,
}

/// <summary>The bytes of direct delivery (DNA layer, section 10.2). Any thread.</summary>
/// <remarks>
/// Request: <c>length 4 | envelope</c>. Reply: the byte 1, which is all that first clients send and read; ours goes on with <c>length 4 | acknowledgement</c>, as
/// <see cref="AcknowledgementCodec"/> has it, with time 0 and the digest of that message. Numbers big-endian. One message a connection.
/// </remarks>
internal static class DirectFrame
{
    /// <summary>Bytes of a length.</summary>
    public const int LengthBytes = 4;

    /// <summary>First clients' "taken".</summary>
    public const byte Taken = 1;

    /// <summary>Writes a request.</summary>
    public static byte[] Request(ReadOnlySpan<byte> envelope)
    {
        byte[] frame = new byte[LengthBytes + envelope.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)envelope.Length);
        envelope.CopyTo(frame.AsSpan(LengthBytes));
        return frame;
    }

    /// <summary>Reads a length.</summary>
    /// <param name="bytes">4.</param>
    /// <returns>Null when it is 0 or beyond the bound: nothing after it is read.</returns>
    public static int? Length(ReadOnlySpan<byte> bytes, int max) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes) is > 0 and var length && length <= (uint)max ? (int)length : null;

    /// <summary>Writes a reply: that we have a message.</summary>
    /// <param name="sender">Whose message: a fingerprint.</param>
    public static byte[] Reply(IUserKeys recipient, string sender, MessageDigest message)
    {
        byte[] acknowledgement = AcknowledgementCodec.Sign(recipient, sender, time: 0, [message]);
        byte[] reply = new byte[1 + LengthBytes + acknowledgement.Length];
        reply[0] = Taken;
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(1), (uint)acknowledgement.Length);
        acknowledgement.CopyTo(reply.AsSpan(1 + LengthBytes));
        return reply;
    }

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">All that came, however much that is.</param>
    /// <param name="recipient">Who should have signed it: a fingerprint.</param>
    /// <param name="sender">Our fingerprint.</param>
    /// <param name="message">What was sent.</param>
    public static DirectReply Read(ReadOnlySpan<byte> reply, SuiteSet suites, string recipient, string sender, MessageDigest message)
    {
        if (reply.IsEmpty || reply[0] != Taken) return DirectReply.Wrong;
        ReadOnlySpan<byte> rest = reply[1..];
        if (rest.Length < LengthBytes || Length(rest[..LengthBytes], DirectLimits.ReplyBytesMax) is not { } length || rest.Length - LengthBytes != length) return DirectReply.Unsigned;
        RecordStatus status = AcknowledgementCodec.Read(rest[LengthBytes..], suites, recipient, sender, out DeliveryAcknowledgement? acknowledgement);
        return status == RecordStatus.Ok && acknowledgement!.IsSigned && acknowledgement.Delivered.Contains(message) ? DirectReply.Delivered : DirectReply.Unsigned;
    }
}
