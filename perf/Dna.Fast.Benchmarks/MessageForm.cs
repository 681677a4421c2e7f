namespace Dna.Fast.Benchmarks;

/// <summary>The datagrams of the protocol: seven queries, their replies, error and fragment.</summary>
public enum MessageForm
{
    Ping,
    Find,
    Get,
    Put,
    Refresh,
    Listen,
    Update,

    /// <summary>Update with ids whose lifetime began anew.</summary>
    UpdateIds,

    /// <summary>The reply to ping and update.</summary>
    Pong,

    /// <summary>The reply to find: eight nodes.</summary>
    Found,

    /// <summary>The reply to get: eight nodes and one value.</summary>
    FoundValue,

    /// <summary>The reply to put and refresh.</summary>
    Stored,

    /// <summary>The reply to listen.</summary>
    Listening,
    Error,
    Fragment,
}
