using System.Buffers.Binary;

namespace Dna.Fast.Messenger;

/// <summary>Which messages of one sender were delivered. One thread at a time. As bytes: for each message <c>digest 16 | timestamp 8 | expiry 8</c>, numbers big-endian.</summary>
/// <remarks>
/// Times of a message are anybody's: whoever puts it again gives it others. So it is forgotten when there are too many after it, in the order of delivery, and never because it says that it expired; and
/// none is newer here than the moment of its delivery, for the newest goes into acknowledgements.
/// </remarks>
internal sealed class DeliveredMessages
{
    /// <summary>Messages: eight days of full buckets, and an outbox.</summary>
    public const int Max = 5000;

    /// <summary>Seconds for which a message may be found again wherever nobody puts it anew: its week, and a day for clocks.</summary>
    private const ulong RememberedSeconds = RecordLimits.WeekSeconds + 86_400;

    private const int EntryBytes = MessageDigest.Bytes + 8 + 8;

    private readonly Dictionary<MessageDigest, (ulong Timestamp, ulong Expiry)> _messages = [];

    public bool Contains(MessageDigest message) => _messages.ContainsKey(message);

    public void Add(MessageDigest message, ulong timestamp, ulong expiry, ulong now) => Put(message, Math.Min(timestamp, now), Math.Max(expiry, now + RememberedSeconds));

    public (IReadOnlyList<MessageDigest> Messages, ulong Newest) Newest(int max) =>
        _messages.Count == 0 ? ([], 0) : ([.. _messages.OrderByDescending(entry => entry.Value.Timestamp).Take(max).Select(entry => entry.Key)], _messages.Values.Max(entry => entry.Timestamp));

    public byte[] Write()
    {
        byte[] bytes = new byte[_messages.Count * EntryBytes];
        Span<byte> rest = bytes;
        foreach ((MessageDigest message, (ulong timestamp, ulong expiry)) in _messages)
        {
            BinaryPrimitives.WriteUInt128BigEndian(rest, message.Bits);
            BinaryPrimitives.WriteUInt64BigEndian(rest[MessageDigest.Bytes..], timestamp);
            BinaryPrimitives.WriteUInt64BigEndian(rest[(MessageDigest.Bytes + 8)..], expiry);
            rest = rest[EntryBytes..];
        }

        return bytes;
    }

    /// <summary>Adds what bytes hold; a rest that is no entry is left.</summary>
    public void Read(ReadOnlySpan<byte> bytes, ulong now)
    {
        for (; bytes.Length >= EntryBytes; bytes = bytes[EntryBytes..])
        {
            var message = new MessageDigest(BinaryPrimitives.ReadUInt128BigEndian(bytes));
            ulong timestamp = BinaryPrimitives.ReadUInt64BigEndian(bytes[MessageDigest.Bytes..]), expiry = BinaryPrimitives.ReadUInt64BigEndian(bytes[(MessageDigest.Bytes + 8)..]);
            Put(message, Math.Min(timestamp, now), expiry);
        }
    }

    private void Put(MessageDigest message, ulong timestamp, ulong expiry)
    {
        _messages[message] = (timestamp, expiry);
        if (_messages.Count <= Max) return;
        // A tenth at once, so that not every message pays for a sort.
        foreach (MessageDigest old in _messages.OrderBy(entry => entry.Value.Expiry).ThenBy(entry => entry.Value.Timestamp).Take(Max / 10).Select(entry => entry.Key).ToArray()) _messages.Remove(old);
    }
}
