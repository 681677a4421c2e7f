namespace Dna.Fast.LoadGen.Workload;

/// <summary>Seeded random numbers (SplitMix64): one seed, one run. One thread.</summary>
internal sealed class SplitMix(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += Step;
        return Mix(_state);
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1.</summary>
    public uint Below(uint bound) => (uint)((Next() >> 32) * bound >> 32);

    /// <summary>A number from 0 (inclusive) to 1 (exclusive), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Spreads a number over 64 bits; neighbours come out unrelated.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ value >> 27) * 0x94D0_49BB_1331_11EB;
        return value ^ value >> 31;
    }
}
