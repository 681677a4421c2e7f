namespace Dna.Fast.Messenger;

/// <summary>Which messages this user has: what was delivered is not delivered again, from whatever place it is read. Any thread.</summary>
/// <remarks>A session with a folder keeps it there; <see cref="MemoryDeliveryLog"/> forgets at its end.</remarks>
public interface IDeliveryLog
{
    /// <summary>True when the message was delivered.</summary>
    bool Contains(string sender, MessageDigest message);

    /// <summary>Remembers that a message was delivered, until so many others were that there is no room: whoever likes can put it again under other times.</summary>
    /// <param name="timestamp">The message's, in seconds since 1970; one later than now counts as now.</param>
    /// <param name="expiry">The message's, in seconds since 1970.</param>
    /// <param name="now">Seconds since 1970.</param>
    void Add(string sender, MessageDigest message, ulong timestamp, ulong expiry, ulong now);

    /// <summary>Gets ready to be asked about a sender: reads what another process wrote since.</summary>
    /// <returns>False when what is kept cannot be read.</returns>
    ValueTask<bool> OpenAsync(string sender, CancellationToken cancellation = default) => ValueTask.FromResult(true);

    /// <summary>Remembers several messages of one sender at once; on return they are where they are kept.</summary>
    /// <returns>False when they could not be kept: this log has them, and after a restart they are handed out again.</returns>
    ValueTask<bool> AddAsync(string sender, IReadOnlyCollection<DeliveredEntry> messages, ulong now, CancellationToken cancellation = default)
    {
        foreach (DeliveredEntry message in messages) Add(sender, message.Id, message.Timestamp, message.Expiry, now);
        return ValueTask.FromResult(true);
    }

    /// <summary>What was delivered from a sender, newest first, at most so many; and the newest one's timestamp.</summary>
    (IReadOnlyList<MessageDigest> Messages, ulong Newest) DeliveredFrom(string sender, int max);
}

/// <summary>A message that was delivered.</summary>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Expiry">Seconds since 1970.</param>
public readonly record struct DeliveredEntry(MessageDigest Id, ulong Timestamp, ulong Expiry);

/// <summary>A delivery log in memory. Bounded: of one sender the last <see cref="SenderMax"/> are kept.</summary>
public sealed class MemoryDeliveryLog : IDeliveryLog
{
    /// <summary>Messages of one sender: eight days of full buckets, and an outbox.</summary>
    public const int SenderMax = DeliveredMessages.Max;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeliveredMessages> _senders = [];

    public bool Contains(string sender, MessageDigest message)
    {
        lock (_lock) return _senders.TryGetValue(sender, out DeliveredMessages? messages) && messages.Contains(message);
    }

    public void Add(string sender, MessageDigest message, ulong timestamp, ulong expiry, ulong now)
    {
        lock (_lock) Of(sender).Add(message, timestamp, expiry, now);
    }

    public (IReadOnlyList<MessageDigest> Messages, ulong Newest) DeliveredFrom(string sender, int max)
    {
        lock (_lock) return _senders.TryGetValue(sender, out DeliveredMessages? messages) ? messages.Newest(max) : ([], 0);
    }

    /// <summary>What is remembered of a sender, as <see cref="DeliveredMessages"/> has it.</summary>
    internal byte[] Write(string sender)
    {
        lock (_lock) return Of(sender).Write();
    }

    /// <summary>Adds what <see cref="Write"/> gave once.</summary>
    internal void Read(string sender, ReadOnlySpan<byte> content, ulong now)
    {
        lock (_lock) Of(sender).Read(content, now);
    }

    private DeliveredMessages Of(string sender)
    {
        if (!_senders.TryGetValue(sender, out DeliveredMessages? messages)) _senders[sender] = messages = new DeliveredMessages();
        return messages;
    }
}
