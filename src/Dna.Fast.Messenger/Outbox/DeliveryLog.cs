namespace Dna.Fast.Messenger;

/// <summary>Which messages this user has: what was delivered is not delivered again, from whatever place it is read. Any thread.</summary>
/// <remarks>An application that keeps its messages on a disk keeps this with them; <see cref="MemoryDeliveryLog"/> forgets at its end.</remarks>
public interface IDeliveryLog
{
    /// <summary>True when the message was delivered.</summary>
    bool Contains(string sender, MessageDigest message);

    /// <summary>Remembers that a message was delivered, at least until its expiry.</summary>
    /// <param name="timestamp">The message's, in seconds since 1970.</param>
    /// <param name="expiry">The message's: later nobody hands it out any more.</param>
    /// <param name="now">Seconds since 1970.</param>
    void Add(string sender, MessageDigest message, ulong timestamp, ulong expiry, ulong now);

    /// <summary>What was delivered from a sender, newest first, at most so many; and the newest one's timestamp.</summary>
    (IReadOnlyList<MessageDigest> Messages, ulong Newest) DeliveredFrom(string sender, int max);
}

/// <summary>A delivery log in memory. Bounded: expired messages are forgotten, and of one sender at most <see cref="SenderMax"/> are kept.</summary>
public sealed class MemoryDeliveryLog : IDeliveryLog
{
    /// <summary>Messages of one sender: eight days of full buckets, and an outbox.</summary>
    public const int SenderMax = 5000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<MessageDigest, (ulong Timestamp, ulong Expiry)>> _senders = [];

    public bool Contains(string sender, MessageDigest message)
    {
        lock (_lock) return _senders.TryGetValue(sender, out var messages) && messages.ContainsKey(message);
    }

    public void Add(string sender, MessageDigest message, ulong timestamp, ulong expiry, ulong now)
    {
        lock (_lock)
        {
            if (!_senders.TryGetValue(sender, out var messages)) _senders[sender] = messages = [];
            messages[message] = (timestamp, expiry);
            if (messages.Count <= SenderMax) return;
            foreach (MessageDigest old in messages.Where(entry => entry.Value.Expiry <= now).Select(entry => entry.Key).ToArray()) messages.Remove(old);
            if (messages.Count <= SenderMax) return;
            // A tenth at once, so that not every message pays for a sort.
            foreach (MessageDigest old in messages.OrderBy(entry => entry.Value.Timestamp).Take(SenderMax / 10).Select(entry => entry.Key).ToArray()) messages.Remove(old);
        }
    }

    public (IReadOnlyList<MessageDigest> Messages, ulong Newest) DeliveredFrom(string sender, int max)
    {
        lock (_lock)
        {
            if (!_senders.TryGetValue(sender, out var messages) || messages.Count == 0) return ([], 0);
            return ([.. messages.OrderByDescending(entry => entry.Value.Timestamp).Take(max).Select(entry => entry.Key)], messages.Values.Max(entry => entry.Timestamp));
        }
    }
}
