namespace Dna.Fast.LoadGen.Workload;

/// <summary>Which key comes next: uniform, or by Zipf's law. One thread.</summary>
internal sealed class KeyPicker
{
    private readonly uint _count;
    private readonly SplitMix _random;
    private readonly ZipfSampler? _zipf;

    /// <param name="count">Number of keys.</param>
    /// <param name="skew">0: all alike; above: Zipf's exponent.</param>
    public KeyPicker(uint count, double skew, ulong seed)
    {
        _count = count;
        _random = new SplitMix(seed);
        _zipf = skew > 0 ? new ZipfSampler(count, skew) : null;
    }

    /// <summary>A key's number, 0 to count - 1. Keys are hashes of their numbers, so popular ones do not lie together.</summary>
    public uint Next() => _zipf?.Next(_random) ?? _random.Below(_count);
}
