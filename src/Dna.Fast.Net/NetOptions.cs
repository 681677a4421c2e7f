using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>Which system calls move datagrams.</summary>
public enum SocketKind : byte
{
    /// <summary>Linux where it is Linux, else portable.</summary>
    Automatic,

    /// <summary>Batches by <c>recvmmsg</c> and <c>sendmmsg</c>.</summary>
    Linux,

    /// <summary><see cref="System.Net.Sockets.Socket"/>, one datagram a call. Replies from a wildcard address leave from the address the system chooses.</summary>
    Portable,
}

/// <summary>Where a node listens.</summary>
public sealed record NetOptions
{
    /// <summary>One socket per worker and address, at least one address; their own ports are ignored. A wildcard address stands for its own family only.</summary>
    public required IReadOnlyList<NodeAddress> Addresses { get; init; }

    /// <summary>The UDP port of all sockets; 0 takes one that is free on all addresses.</summary>
    public ushort Port { get; init; }

    /// <summary>True: an address whose family the host does not have is left out, while one is left.</summary>
    public bool SkipMissingFamily { get; init; }

    public SocketKind Sockets { get; init; } = SocketKind.Automatic;

    /// <summary>The time of all workers.</summary>
    public IClock Clock { get; init; } = SystemClock.Instance;

    /// <summary>Told of an exception a handler threw: worker index and exception, on the worker's thread, at most once a second per worker. All are counted.</summary>
    public Action<int, Exception>? HandlerFailed { get; init; }
}
