namespace Dna.Fast.Wire;

/// <summary>Bounds of everything a datagram can make us hold or do. Unit last in each name; the source or reason beside it.</summary>
public static class WireLimits
{
    /// <summary>Largest UDP payload over IPv4: 65,535 less 20 (IP) and 8 (UDP).</summary>
    public const int DatagramBytesMax = 65_507;

    /// <summary>Nesting of msgpack objects. The deepest legal datagram, a signed value inside a put, has 6.</summary>
    public const int DepthMax = 10;

    /// <summary>Objects in one datagram. A fileds reply of 4,096 value ids, the largest list a listener caches, fits.</summary>
    public const int ItemsMax = 16_384;

    /// <summary>Largest packed value: 65,536 + 32 (section 1.6).</summary>
    public const int ValueBytesMax = 65_568;

    /// <summary>Largest data + signature + cypher + user type (section 1.6).</summary>
    public const int ValuePayloadBytesMax = 65_536;

    /// <summary>Values travel inline while their packed sizes add up to less than this (section 1.6).</summary>
    public const int InlineBytesMax = 600;

    /// <summary>Values travel inline while there are fewer than this (section 1.6).</summary>
    public const int InlineValuesMax = 50;

    /// <summary>Data bytes in one fragment, as stock sends them (section 1.6).</summary>
    public const int FragmentBytes = 1280;

    /// <summary>Entries in a node list we send; readers take what the list holds, up to this times two (section 2.1).</summary>
    public const int NodesMax = 8;

    /// <summary>Tokens longer than this are not kept by stock (section 3).</summary>
    public const int TokenBytesMax = 64;

    /// <summary>A token we issue.</summary>
    public const int TokenBytes = 32;

    /// <summary>
    /// Filters in one query. There are five fields, so a sensible query has fewer; each filter is a comparison per stored value.
    /// </summary>
    public const int FiltersMax = 16;

    /// <summary>One entry of <c>n4</c>: id, address, port.</summary>
    public const int Node4Bytes = 26;

    /// <summary>One entry of <c>n6</c>.</summary>
    public const int Node6Bytes = 38;
}
