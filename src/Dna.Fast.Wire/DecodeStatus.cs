namespace Dna.Fast.Wire;

/// <summary>
/// Why a datagram, or a part of one, was or was not understood. Everything but <see cref="Ok"/> is a silent, counted drop.
/// </summary>
public enum DecodeStatus : byte
{
    Ok,

    /// <summary>The bytes end inside an object.</summary>
    Truncated,

    /// <summary>Not msgpack, or a type where another is required.</summary>
    Malformed,

    /// <summary>The top level, or a body, is no map.</summary>
    NotAMap,

    /// <summary>Nested deeper than <see cref="WireLimits.DepthMax"/>.</summary>
    TooDeep,

    /// <summary>More items than <see cref="WireLimits.ItemsMax"/>.</summary>
    TooManyItems,

    /// <summary>A number does not fit its field.</summary>
    OutOfRange,

    /// <summary>The sender's id is missing, zero or not 20 bytes.</summary>
    BadId,

    /// <summary><c>q</c> names no known query, or <c>y</c> contradicts it.</summary>
    UnknownQuery,

    /// <summary>A required key of the kind is missing.</summary>
    MissingKey,

    /// <summary>A node list is no multiple of its entry's size.</summary>
    BadNodeList,

    /// <summary>Larger than a limit in <see cref="WireLimits"/>.</summary>
    TooLarge,
}
