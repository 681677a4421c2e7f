using System.Text;
using System.Text.Unicode;

namespace Dna.Fast.Messenger;

/// <summary>Lists of offline messages as bytes and back (DNA layer, sections 11.1 and 11.3). Any thread.</summary>
/// <remarks>
/// <c>count 4</c>, then for each message <c>"DNA " 4 | version 1 | [seq 8] | timestamp 8 | expiry 8 | sender length 2 | sender | recipient length 2 | recipient | envelope length 4 |
/// envelope</c>; all numbers big-endian. Version 1 has no seq and is what the original client reads; version 2, in daily buckets, has one.
/// </remarks>
public static class OutboxCodec
{
    /// <summary>Messages of one list: 20 daily buckets' worth; an outbox value holds six short ones.</summary>
    public const int MessagesMax = 10_000;

    private const uint Magic = 0x444E4120;
    private const byte VersionPlain = 1;
    private const byte VersionWithSeq = 2;

    // Magic, version, two times, and three lengths: the least a message has.
    private const int MessageBytesMin = 4 + 1 + 8 + 8 + 2 + 2 + 4;
    private const int SeqBytes = 8;

    /// <summary>Reads a list. One bad message refuses the list, as in the original; what follows the last message is not looked at.</summary>
    /// <param name="messages">Empty unless Ok; the envelopes are copies.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> data, out List<OfflineMessage> messages)
    {
        messages = [];
        var reader = new ByteReader(data);
        if (!reader.TryUInt32(out uint count)) return RecordStatus.Malformed;
        if (count > MessagesMax) return RecordStatus.TooLarge;
        // A count that the bytes cannot hold is refused before anything is allocated for it.
        if (count * (ulong)MessageBytesMin > (ulong)reader.Rest.Length) return RecordStatus.Malformed;
        var read = new List<OfflineMessage>((int)count);
        for (uint i = 0; i < count; i++)
        {
            RecordStatus status = ReadMessage(ref reader, out OfflineMessage? message);
            if (message is null) return status;
            read.Add(message);
        }

        messages = read;
        return RecordStatus.Ok;
    }

    /// <summary>Writes a list: messages without seq in version 1, the others in version 2.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MessagesMax"/> messages.</exception>
    public static byte[] Write(IReadOnlyCollection<OfflineMessage> messages)
    {
        if (messages.Count > MessagesMax) throw new ArgumentException($"A list holds at most {MessagesMax} messages.", nameof(messages));
        var writer = new ByteWriter(SizeOf(messages));
        writer.UInt32((uint)messages.Count);
        foreach (OfflineMessage message in messages)
        {
            writer.UInt32(Magic).Byte(message.Seq is null ? VersionPlain : VersionWithSeq);
            if (message.Seq is { } seq) writer.UInt64(seq);
            writer.UInt64(message.Timestamp).UInt64(message.Expiry)
                .UInt16((ushort)Encoding.UTF8.GetByteCount(message.Sender)).Text(message.Sender)
                .UInt16((ushort)Encoding.UTF8.GetByteCount(message.Recipient)).Text(message.Recipient)
                .UInt32((uint)message.Envelope.Length).Bytes(message.Envelope.Span);
        }

        return writer.ToArray();
    }

    /// <summary>Bytes that <see cref="Write"/> would write.</summary>
    public static int SizeOf(IReadOnlyCollection<OfflineMessage> messages) => sizeof(uint) + messages.Sum(SizeOf);

    private static int SizeOf(OfflineMessage message) =>
        MessageBytesMin + (message.Seq is null ? 0 : SeqBytes) + Encoding.UTF8.GetByteCount(message.Sender) + Encoding.UTF8.GetByteCount(message.Recipient) + message.Envelope.Length;

    private static RecordStatus ReadMessage(ref ByteReader reader, out OfflineMessage? message)
    {
        message = null;
        if (!reader.TryUInt32(out uint magic) || magic != Magic || !reader.TryByte(out byte version)) return RecordStatus.Malformed;
        if (version is not (VersionPlain or VersionWithSeq)) return RecordStatus.UnknownVersion;
        ulong seq = 0;
        if (version == VersionWithSeq && !reader.TryUInt64(out seq)) return RecordStatus.Malformed;
        if (!reader.TryUInt64(out ulong timestamp) || !reader.TryUInt64(out ulong expiry)) return RecordStatus.Malformed;
        if (!reader.TryUInt16(out ushort senderLength) || !reader.TryBytes(senderLength, out ReadOnlySpan<byte> sender)
            || !reader.TryUInt16(out ushort recipientLength) || !reader.TryBytes(recipientLength, out ReadOnlySpan<byte> recipient)
            || !reader.TryUInt32(out uint length) || !reader.TryBytes(length, out ReadOnlySpan<byte> envelope))
            return RecordStatus.Malformed;
        if (senderLength > RecordLimits.IdentityBytesMax || recipientLength > RecordLimits.IdentityBytesMax) return RecordStatus.TooLarge;
        // Replacement characters would be longer than what they replace.
        if (!Utf8.IsValid(sender) || !Utf8.IsValid(recipient)) return RecordStatus.Malformed;
        message = new OfflineMessage(
            timestamp, expiry, Encoding.UTF8.GetString(sender), Encoding.UTF8.GetString(recipient), envelope.ToArray(), version == VersionWithSeq ? seq : null);
        return RecordStatus.Ok;
    }
}
