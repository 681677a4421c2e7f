namespace Dna.Fast.Wire;

/// <summary>What a datagram is (section 1.2): decided by <c>e</c>, <c>r</c>, <c>p</c>, <c>u</c>, <c>q</c> in this order.</summary>
public enum MessageKind : byte
{
    None,
    Ping,
    Find,
    Get,
    Put,
    Refresh,
    Listen,
    Update,
    Reply,
    Error,
    Fragment,

    /// <summary>A push to a listener of protocol version 0 with refreshed or expired ids (section 7.1).</summary>
    LegacyUpdate,
}

/// <summary>Which node lists a query wants (<c>w</c>). <see cref="Unsaid"/>: of the family the query came over.</summary>
[Flags]
public enum Want : byte
{
    None = 0,
    V4 = 1,
    V6 = 2,
    Unsaid = 4,
}

/// <summary>A decoded datagram: a view whose spans point into it. Valid as long as the datagram's memory is.</summary>
/// <remarks>
/// Every field is a fact of the top-level map or of its body (<c>a</c>, else <c>r</c>, else <c>u</c>). An absent span is empty; an absent
/// number is 0 and, where 0 means something, has a flag beside it. Raw spans (<see cref="Values"/>, <see cref="Query"/>,
/// <see cref="Fields"/>, <see cref="Fragments"/>) were walked by the reader, so they hold well-formed msgpack within the limits.
/// </remarks>
public ref struct Message
{
    public MessageKind Kind;

    /// <summary><c>t</c>, 32 bits; also from the legacy form of 4 bytes.</summary>
    public uint Transaction;

    /// <summary><c>n</c>, 0 when absent.</summary>
    public uint Network;

    /// <summary><c>s</c>: answer it, but never hand it out.</summary>
    public bool IsClient;

    /// <summary><c>v</c>, informative.</summary>
    public ReadOnlySpan<byte> Agent;

    /// <summary><c>id</c> of the sender, never zero in a decoded message; zero in fragments, which have none.</summary>
    public InfoHash Id;

    /// <summary><c>target</c> of a find, <c>h</c> of get, put, refresh, listen, update; zero when absent.</summary>
    public InfoHash Target;

    public Want Want;

    public ReadOnlySpan<byte> Token;

    /// <summary><c>sid</c>: the listener's socket id.</summary>
    public uint SocketId;

    /// <summary><c>ve</c>: 0 selects the legacy pushes.</summary>
    public uint ListenVersion;

    /// <summary><c>vid</c>.</summary>
    public ulong ValueId;

    /// <summary><c>c</c>: seconds since 1970 UTC; meaningful when <see cref="HasCreated"/>.</summary>
    public long Created;

    public bool HasCreated;

    /// <summary>True when <c>values</c> is present, even empty.</summary>
    public bool HasValues;

    /// <summary>The elements of <c>values</c>, without the array header: maps (inline) and unsigned integers (sizes).</summary>
    public ReadOnlySpan<byte> Values;

    /// <summary>Number of elements in <see cref="Values"/>.</summary>
    public int ValueCount;

    /// <summary>True when at least one element of <see cref="Values"/> is a size, so fragments follow.</summary>
    public bool HasSizes;

    /// <summary>The elements of <c>re</c> (refreshed ids), without the array header.</summary>
    public ReadOnlySpan<byte> Refreshed;

    public int RefreshedCount;

    /// <summary>The elements of <c>exp</c> (expired ids), without the array header.</summary>
    public ReadOnlySpan<byte> Expired;

    public int ExpiredCount;

    /// <summary><c>n4</c>: a multiple of 26 bytes.</summary>
    public ReadOnlySpan<byte> Nodes4;

    /// <summary><c>n6</c>: a multiple of 38 bytes.</summary>
    public ReadOnlySpan<byte> Nodes6;

    /// <summary><c>sa</c>: 4 or 16 bytes, our address as the replier sees it.</summary>
    public ReadOnlySpan<byte> ReportedAddress;

    /// <summary><c>q</c> of get and listen: the raw map; read it with <see cref="QueryView.TryRead"/>.</summary>
    public ReadOnlySpan<byte> Query;

    /// <summary><c>fileds</c> (spelled so on the wire): the raw map; read it with <see cref="FieldsView.TryRead"/>.</summary>
    public ReadOnlySpan<byte> Fields;

    public int ErrorCode;

    public ReadOnlySpan<byte> ErrorText;

    /// <summary><c>p</c>: the raw map of a fragment datagram; walk it with <see cref="FragmentEnumerator"/>.</summary>
    public ReadOnlySpan<byte> Fragments;
}
