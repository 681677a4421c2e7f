namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>Randomness that a seed repeats.</summary>
internal sealed class SeededRandom(int seed) : INodeRandom
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
