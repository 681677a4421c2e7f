using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What is decided about a node before it starts.</summary>
public sealed record NodeOptions
{
    /// <summary>Our id; persistent for a node, random for a client.</summary>
    public required InfoHash Id { get; init; }

    /// <summary>Network id (<c>n</c>); 0 is the default network.</summary>
    public uint Network { get; init; }

    /// <summary>Sets <c>s</c>: others answer us and do not hand us out.</summary>
    public bool IsClient { get; init; }

    public RateLimits RateLimits { get; init; } = RateLimits.Stock;

    /// <summary>Addresses this node has nothing to do with.</summary>
    public BlockedRanges Blocked { get; init; } = BlockedRanges.None;

    public PrivateAddresses Private { get; init; }

    /// <summary>Every address it binds is public; none of them is a wildcard.</summary>
    public bool IsPublicOnly { get; init; }

    /// <summary>Who may store values.</summary>
    public StorePermission Storing { get; init; } = StorePermission.Everybody;

    /// <summary>Bootstrap nodes by address. Names were resolved before; see <see cref="Bootstrap"/>'s resolver for late ones.</summary>
    public IReadOnlyList<NodeAddress> Bootstrap { get; init; } = [];

    /// <summary>Nodes known from an earlier run: inserted without a ping (section 6.9).</summary>
    public IReadOnlyList<(InfoHash Id, NodeAddress Address)> KnownNodes { get; init; } = [];

    /// <summary>Repeat a listen this long after its reply: 20 s, or 290 s for a node that calls itself stable (section 7).</summary>
    public long ListenRefreshMs { get; init; } = 20_000;

    public bool ServesV4 { get; init; } = true;

    public bool ServesV6 { get; init; } = true;
}
