namespace Dna.Fast.Kademlia.Serving.Listening;

/// <summary>Bounds of the listeners we serve.</summary>
/// <remarks>
/// A listener beyond a bound is refused, and not put in an older one's place: an honest listener renews every half minute and keeps its place against a
/// flood. Only among its own sockets the one renewed longest ago gives way, since a node that opens new ones has often closed the old.
/// </remarks>
/// <param name="PerNodeAndKeyMax">Sockets of one node under one key: stock opens one for each query, and an application has few queries for a key.</param>
/// <param name="PerKeyMax">Under one key: each change there is one push to each; 4,096 pushes are some tens of milliseconds.</param>
/// <param name="PerHostMax">
/// Of one IPv4 address or one IPv6 /64, whatever ids and ports it uses, since those cost nothing: a messenger listens to some keys for each of its contacts,
/// and several may live behind one address.
/// </param>
/// <param name="TotalMax">Of all: some 600 bytes each, so less than 80 MiB.</param>
public sealed record ListenerLimits(int PerNodeAndKeyMax = 16, int PerKeyMax = 4096, int PerHostMax = 8192, int TotalMax = 131_072)
{
    /// <summary>A listener lives this long after its last listen (section 7): 10 min.</summary>
    public const long LifetimeMs = 10 * 60_000;
}
