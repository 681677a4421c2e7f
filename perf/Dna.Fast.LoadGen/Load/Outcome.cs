namespace Dna.Fast.LoadGen.Load;

/// <summary>
/// How a request ended. Everything but <see cref="Ok"/> and <see cref="Timeout"/> was an answer that says something else than asked.
/// </summary>
internal enum Outcome : byte
{
    Ok,

    /// <summary>No answer in time: the loss.</summary>
    Timeout,

    /// <summary>Error 401: the token was refused.</summary>
    Unauthorized,

    /// <summary>Error 203: the node saw no key, or a value id 0.</summary>
    NoKey,

    /// <summary>Another error code.</summary>
    OtherError,

    /// <summary>An answer to find or get without a token.</summary>
    NoToken,

    /// <summary>An answer to a get without the value that was put.</summary>
    MissingValue,

    /// <summary>A value with other bytes, or an acknowledgement of another id.</summary>
    WrongValue,

    /// <summary>An answer by another node id than the first one's.</summary>
    WrongNode,
}

/// <summary>Datagrams that ended no request.</summary>
internal enum Stray : byte
{
    /// <summary>Not decodable.</summary>
    Malformed,

    /// <summary>An answer after its request had timed out.</summary>
    Late,

    /// <summary>A second answer.</summary>
    Duplicate,

    /// <summary>An answer nobody asked for.</summary>
    Unexpected,

    /// <summary>The host said that the port is closed.</summary>
    Refused,

    /// <summary>The kernel did not take it.</summary>
    NotSent,

    /// <summary>A query of the node's own; it was answered.</summary>
    NodeQuery,
}
