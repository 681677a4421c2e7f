namespace Dna.Fast.Messenger;

/// <summary>Whose messages are received.</summary>
public sealed record ReceiveOptions
{
    /// <summary>Fingerprints; what is none is left out.</summary>
    public IReadOnlyCollection<string> Senders { get; init; } = [];

    public IReadOnlyCollection<WatchedGroup> Groups { get; init; } = [];

    /// <summary>Entered before a message is handed out and disposed when it counts as delivered, for several processes of a user that hand out none twice: what another one kept meanwhile is left out.
    /// Null, or an answer of null: nobody else is waited for.</summary>
    public Func<ReceivedMessage, CancellationToken, Task<IDisposable?>>? Turn { get; init; }

    /// <summary>How often everything is read although nobody said that there is news: what a listener missed, and messages of clocks that are ahead or behind. At most 24 days.</summary>
    public TimeSpan SweepPeriod { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A group whose messages are received.</summary>
/// <param name="Uuid">36 characters.</param>
/// <param name="Creator">Whose group it is known to be: fingerprint.</param>
public sealed record WatchedGroup(string Uuid, string Creator)
{
    /// <summary>Versions of its key that are known already, 32 bytes each: in the network one is for a week. Copied.</summary>
    public IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> Keys { get; init; } = new Dictionary<uint, ReadOnlyMemory<byte>>();
}
