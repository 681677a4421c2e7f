using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>The state of one family (section 6.9).</summary>
public enum Connectivity : byte
{
    Disconnected,
    Connecting,
    Connected,
}

/// <param name="Good">Good contacts.</param>
/// <param name="Dubious">Neither good nor expired.</param>
/// <param name="Incoming">Heard from after their last reply.</param>
public readonly record struct FamilyStatus(Connectivity Connectivity, int Good, int Dubious, int Incoming, int Buckets)
{
    /// <summary>How often our own bucket was cut. Only it ever is, so this is one less than the buckets.</summary>
    public int Depth => Math.Max(0, Buckets - 1);

    /// <summary>About how many nodes the network has, ourselves included.</summary>
    /// <remarks>A bucket is cut when it is full, so a share of 2^-depth of all ids holds about k nodes. A table that was cut once or never knows everybody, and is counted.</remarks>
    public long NetworkSize => Depth > 1 ? (long)Math.Min(RoutingTable.BucketSize * Math.Pow(2, Depth), 1L << 62) : Good + Dubious + 1;
}

/// <summary>A node's state for people and scripts. A snapshot.</summary>
public sealed record NodeStatus
{
    public required InfoHash Id { get; init; }

    public required FamilyStatus V4 { get; init; }

    public required FamilyStatus V6 { get; init; }

    /// <summary>Searches known, and requests without an answer yet.</summary>
    public required int Searches { get; init; }

    public required int PendingRequests { get; init; }

    /// <summary>Listeners we serve, and subscriptions of our own.</summary>
    public required int Listeners { get; init; }

    public required int Subscriptions { get; init; }

    public required int PermanentPuts { get; init; }

    public required int Blacklisted { get; init; }

    /// <summary>Our address as others report it most often, without port meaning; or <c>default</c>.</summary>
    public required NodeAddress ReportedAddress { get; init; }
}
