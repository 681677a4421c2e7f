namespace Dna.Fast.Kademlia.ValueTypes;

/// <summary>Which rules a value type follows when it is stored and edited (sections 5.1 to 5.3).</summary>
public enum TypeRules : byte
{
    /// <summary>No known type: stored unverified within the size limit, never edited.</summary>
    Unknown,

    /// <summary>A signature, when there is one, must verify; only the same owner edits, with a rising seq; an unsigned value is never edited.</summary>
    UserData,

    /// <summary>As <see cref="UserData"/>; an unsigned one that names an empty service is refused.</summary>
    DhtMessage,

    /// <summary>Not verified; its address is replaced by the putter's; never edited.</summary>
    Service,

    /// <summary>Its key must hash to the infohash; edited by another certificate of the same key.</summary>
    Certificate,
}

/// <summary>The value types this node knows: how long a value lives and which rules it follows.</summary>
/// <remarks>Any thread; allocates nothing. Types are 16-bit numbers; an encrypted value is of type 0, whatever it holds (section 5.2).</remarks>
public static class TypeRegistry
{
    /// <summary>Free data, and every encrypted value.</summary>
    public const ushort UserData = 0;

    /// <summary>A message <c>[service, payload]</c>.</summary>
    public const ushort DhtMessage = 1;

    /// <summary>An Internet service announcement: a socket address.</summary>
    public const ushort Service = 2;

    /// <summary>An instant message.</summary>
    public const ushort ImMessage = 3;

    /// <summary>A request to trust a certificate.</summary>
    public const ushort TrustRequest = 4;

    /// <summary>ICE candidates.</summary>
    public const ushort IceCandidates = 5;

    /// <summary>A certificate chain.</summary>
    public const ushort Certificate = 8;

    /// <summary>As type 0, for 7 days.</summary>
    public const ushort SevenDays = 0x1001;

    /// <summary>As type 0, for 365 days.</summary>
    public const ushort Year = 0x1002;

    /// <summary>As type 0, for 30 days.</summary>
    public const ushort ThirtyDays = 0x1003;

    private const long MinuteMs = 60_000;
    private const long DayMs = 24 * 60 * MinuteMs;

    /// <summary>How long a value lives from its creation on, in milliseconds.</summary>
    public static long LifetimeMs(ushort type) => type switch
    {
        DhtMessage or ImMessage => 5 * MinuteMs,
        Service => 15 * MinuteMs,
        IceCandidates => MinuteMs,
        TrustRequest or Certificate or SevenDays => 7 * DayMs,
        ThirtyDays => 30 * DayMs,
        Year => 365 * DayMs,
        _ => 10 * MinuteMs,
    };

    /// <summary>Which rules a value of this type follows.</summary>
    public static TypeRules RulesOf(ushort type) => type switch
    {
        UserData or ImMessage or TrustRequest or IceCandidates or SevenDays or Year or ThirtyDays => TypeRules.UserData,
        DhtMessage => TypeRules.DhtMessage,
        Service => TypeRules.Service,
        Certificate => TypeRules.Certificate,
        _ => TypeRules.Unknown,
    };

    /// <summary>True when a signed value of this type is stored only after its signature verified.</summary>
    public static bool ChecksSignature(ushort type) => RulesOf(type) is TypeRules.UserData or TypeRules.DhtMessage;

    /// <summary>True for types that live a day or longer: their put is acknowledged only once it is on the disk.</summary>
    public static bool IsLongLived(ushort type) => LifetimeMs(type) >= DayMs;
}
