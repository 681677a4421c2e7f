namespace Dna.Fast.Kademlia.Guard;

/// <summary>Requests a second (section 6.8), in sliding windows of one second.</summary>
/// <param name="Global">All sources together; 0 = no limit.</param>
/// <param name="PerSource">One IPv4 address or one IPv6 /64; 0 = no limit.</param>
public sealed record RateLimits(int Global, int PerSource)
{
    /// <summary>Stock's numbers.</summary>
    public static RateLimits Stock { get; } = new(8192, 1024);

    public static RateLimits Off { get; } = new(0, 0);
}
