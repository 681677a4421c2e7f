using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>Where workers read the time. Any thread.</summary>
public interface IClock
{
    Instant Now { get; }
}
