namespace Dna.Fast.Messaging;

/// <summary>A version of a group's key that we have.</summary>
/// <param name="Key">32 bytes.</param>
/// <param name="Since">When we had it, in seconds since 1970.</param>
/// <param name="Members">Whom we handed it to, sorted; empty when somebody else did.</param>
internal sealed record KnownGroupKey(uint Version, ReadOnlyMemory<byte> Key, ulong Since, IReadOnlyList<string> Members);

/// <summary>What a member keeps of a group: nobody but its members knows that it exists, so no network can be asked for it.</summary>
/// <param name="Uuid">36 characters.</param>
/// <param name="Name">As it was seen last.</param>
/// <param name="Creator">Fingerprint: whose group it is, whoever writes there later.</param>
internal sealed record KnownGroup(string Uuid, string Name, string Creator)
{
    /// <summary>Versions kept: one more with each change of members, and messages are read for seven days.</summary>
    public const int KeysMax = 64;

    /// <summary>Messages remembered as read: eight days of some chatter; the oldest are forgotten first.</summary>
    public const int ReadMax = 8192;

    /// <summary>By version, the highest first.</summary>
    public IReadOnlyList<KnownGroupKey> Keys { get; init; } = [];

    /// <summary>How long a message is remembered: its day is read for seven days, and a clock that is a day ahead writes into tomorrow's.</summary>
    private const ulong ReadForMs = 9UL * 24 * 3600 * 1000;

    /// <summary>Ids of messages that were shown, and when that was by our clock, in milliseconds since 1970: their own times are whatever their senders' clocks say.</summary>
    public IReadOnlyDictionary<string, ulong> Read { get; init; } = new Dictionary<string, ulong>();

    public KnownGroup With(KnownGroupKey key) => this with
    {
        Keys = [.. Keys.Where(other => other.Version != key.Version).Append(key).OrderByDescending(other => other.Version).Take(KeysMax)],
    };

    /// <summary>Remembers messages as shown, and forgets those that nobody reads any more.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public KnownGroup WithRead(IEnumerable<string> messages, ulong now) => this with
    {
        Read = messages.Select(id => KeyValuePair.Create(id, now)).Concat(Read.Where(entry => entry.Value + ReadForMs >= now))
            .DistinctBy(entry => entry.Key).OrderByDescending(entry => entry.Value).Take(ReadMax).ToDictionary(),
    };
}
