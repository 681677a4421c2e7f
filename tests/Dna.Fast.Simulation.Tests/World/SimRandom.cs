using System.Buffers.Binary;
using System.Numerics;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>xoshiro256** of Blackman and Vigna, seeded by splitmix64: the same numbers for the same seed on every machine and runtime.</summary>
internal sealed class SimRandom : INodeRandom
{
    private ulong _a, _b, _c, _d;

    public SimRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    public void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(8, bytes.Length)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            word[..Math.Min(8, bytes.Length)].CopyTo(bytes);
        }
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => (int)(NextUInt64() % (ulong)bound);

    /// <summary>True <paramref name="perMille"/> times of a thousand.</summary>
    public bool Chance(int perMille) => Below(1000) < perMille;

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
