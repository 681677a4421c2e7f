namespace Dna.Fast.Messenger;

/// <summary>What strangers may use of a client that takes messages directly, and how long its own calls wait.</summary>
internal static class DirectLimits
{
    /// <summary>Bytes of an envelope that is taken: what an outbox could hold too. Section 10.2 allows 10 MiB; a message that long could not be queued for who is away, so nobody sends one.</summary>
    public const int EnvelopeBytesMax = OutboxLimits.EnvelopeBytesMax;

    /// <summary>Bytes of a reply after its first: an acknowledgement of one message in the messenger suite has 7,245.</summary>
    public const int ReplyBytesMax = 16 * 1024;

    /// <summary>Connections at a time: with the longest envelopes they hold 4 MB.</summary>
    public const int ConnectionsMax = 64;

    /// <summary>Connections of one address (of IPv6 one /64) at a time: a person's devices behind one router.</summary>
    public const int ConnectionsPerAddressMax = 4;

    /// <summary>Connections of one address in a minute: two messages a second. Each may cost an opening, half a millisecond of a core.</summary>
    public const int PerAddressAMinuteMax = 120;

    /// <summary>Connections of all addresses in a minute: at half a millisecond each a tenth of a core.</summary>
    public const int PerMinuteMax = 12_000;

    /// <summary>Addresses counted in a minute; more of them are refused until the minute is over.</summary>
    public const int AddressesMax = 4096;

    /// <summary>Envelopes opened at a time: the other cores are the application's.</summary>
    public const int OpeningMax = 2;

    /// <summary>Messages that wait for the application at a time.</summary>
    public const int WaitingMax = 64;

    /// <summary>How long a frame may take to arrive: first clients' limit for reading and writing.</summary>
    public static readonly TimeSpan FrameWithin = TimeSpan.FromSeconds(3);

    /// <summary>How long the application may take: a first client waits for 3 s for its answer, so one that comes later is for nobody.</summary>
    public static readonly TimeSpan TakenWithin = TimeSpan.FromMilliseconds(2500);

    /// <summary>Of reading the sender's outbox before a direct message is handed out, so that what was sent earlier comes earlier.</summary>
    public static readonly TimeSpan OutboxWithin = TimeSpan.FromSeconds(1);

    /// <summary>How long sending may take, from connecting to the answer: the sum of first clients' limits would be longer, and nobody waits that long for the outbox.</summary>
    public static readonly TimeSpan SentWithin = TimeSpan.FromSeconds(3);

    /// <summary>How long whoever was not reached is not tried again: each message would wait for the same.</summary>
    public static readonly TimeSpan UnreachedFor = TimeSpan.FromMinutes(1);

    /// <summary>Recipients remembered as not reached.</summary>
    public const int UnreachedMax = 1024;
}
