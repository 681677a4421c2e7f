using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Store;

/// <summary>Who is charged for a stored value: an IPv4 address, or the /64 of an IPv6 address, in 9 bytes of meaning.</summary>
/// <remarks>A household or a machine gets a whole /64, so a finer grain would give one person 2^64 budgets.</remarks>
/// <param name="Bits">The 32 bits of an IPv4 address, or the upper 64 of an IPv6 address.</param>
/// <param name="Family">Address family; 0 for the node's own values, which nobody is charged for.</param>
public readonly record struct SourcePrefix(ulong Bits, IpFamily Family)
{
    /// <summary>False for the node's own values.</summary>
    public bool IsCharged => Family != 0;

    /// <summary>The prefix of <paramref name="source"/>; <c>default</c> for <c>default</c>.</summary>
    public static SourcePrefix Of(in NodeAddress source) =>
        !source.IsValid ? default : source.IsV4 ? new(source.Low, IpFamily.V4) : new(source.High, IpFamily.V6);
}
