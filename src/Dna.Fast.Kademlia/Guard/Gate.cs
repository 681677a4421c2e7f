using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>What the gate says of a source, cheapest check first.</summary>
public enum GateVerdict : byte
{
    Pass,
    Martian,
    Blacklisted,
    OverSourceBudget,
    OverGlobalBudget,
}

/// <summary>Requests a second (section 6.8), in sliding windows of one second.</summary>
/// <param name="Global">All sources together; 0 = no limit.</param>
/// <param name="PerSource">One IPv4 address or one IPv6 /64; 0 = no limit.</param>
public sealed record RateLimits(int Global, int PerSource)
{
    /// <summary>Stock's numbers.</summary>
    public static RateLimits Stock { get; } = new(8192, 1024);

    public static RateLimits Off { get; } = new(0, 0);
}

/// <summary>Decides whether a datagram may come in. Shared by all workers; any thread; lock-free; allocates nothing.</summary>
public sealed class Gate
{
    public Gate(RateLimits limits, ulong hashSeed) => throw new NotImplementedException();

    /// <summary>Martians and the blacklist only: for every datagram, before decoding.</summary>
    public GateVerdict CheckSource(in NodeAddress source, long nowMs) => throw new NotImplementedException();

    /// <summary>Charges one request to the budgets. Requests, and fragments that match nothing; not replies.</summary>
    public GateVerdict Charge(in NodeAddress source, long nowMs) => throw new NotImplementedException();

    /// <summary>Ignores an address (with port) for a while: the list has a cap and its entries expire.</summary>
    public void Blacklist(in NodeAddress address, long nowMs) => throw new NotImplementedException();

    /// <summary>Addresses on the blacklist now.</summary>
    public int BlacklistCount => throw new NotImplementedException();

    /// <summary>Requests charged within the last second, for statistics.</summary>
    public int RequestsLastSecond(long nowMs) => throw new NotImplementedException();

    /// <summary>The rule for martians (section 6.8), also for entries of node lists.</summary>
    public static bool IsMartian(in NodeAddress address) => throw new NotImplementedException();
}

/// <summary>Issues and checks tokens bound to address and port (section 3). Any thread; allocates nothing.</summary>
public sealed class TokenMint
{
    public TokenMint(INodeRandom random, in Instant now) => throw new NotImplementedException();

    /// <summary>Writes a token of <see cref="WireLimits.TokenBytes"/> bytes.</summary>
    public void Write(in NodeAddress requester, Span<byte> token) => throw new NotImplementedException();

    /// <summary>True for a token of the current or the previous secret. Constant time.</summary>
    public bool Check(in NodeAddress requester, ReadOnlySpan<byte> token) => throw new NotImplementedException();

    /// <summary>Replaces the secret when its time (15 to 45 min, drawn anew each time) is over. Owner thread.</summary>
    public void Turn(in Instant now) => throw new NotImplementedException();

    /// <summary>Replaces the secret now. Owner thread.</summary>
    public void Rotate(in Instant now) => throw new NotImplementedException();
}
