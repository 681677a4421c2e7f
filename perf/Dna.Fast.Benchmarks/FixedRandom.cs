using Dna.Fast.Kademlia;

namespace Dna.Fast.Benchmarks;

/// <summary>The same numbers in every run. One thread.</summary>
internal sealed class FixedRandom(int seed) : INodeRandom
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    public ulong NextUInt64() => (ulong)_random.NextInt64();
}
