namespace Dna.Fast.Kademlia;

/// <summary>Randomness, as it is handed to the core: the system's in production, a seeded generator in tests.</summary>
/// <remarks>One instance serves one thread.</remarks>
public interface INodeRandom
{
    /// <summary>Fills <paramref name="bytes"/>; unpredictable to strangers in production.</summary>
    void Fill(Span<byte> bytes);

    /// <summary>64 uniformly random bits.</summary>
    ulong NextUInt64();
}
