using System.Buffers.Binary;

namespace Dna.Fast.Identity;

/// <summary>The prime test of <see cref="DerivedRsaKey"/>. Any thread.</summary>
internal static class PrimeTest
{
    /// <summary>Trial division goes so far: a division costs a ten-thousandth of an exponentiation, and 19 of 20 odd numbers have a factor below.</summary>
    private const int TrialMax = 65_536;

    private static readonly ushort[] SmallPrimes = Sieve();

    private static ReadOnlySpan<byte> Bases => [2, 3, 5, 7, 11, 13, 17, 19];

    /// <summary>The remainder of a big-endian number.</summary>
    public static uint Remainder(ReadOnlySpan<byte> number, uint divisor)
    {
        ulong rest = 0;
        foreach (byte part in number) rest = (rest << 8 | part) % divisor;
        return (uint)rest;
    }

    /// <param name="number">Odd, big endian, larger than 2^32, its first bit set, its length a multiple of 8.</param>
    public static bool IsPrime(ReadOnlySpan<byte> number)
    {
        ulong[] limbs = ToLimbs(number);
        MontgomeryField? field = null;
        try
        {
            foreach (ushort prime in SmallPrimes)
            {
                if (Remainder(limbs, prime) == 0) return false;
            }

            field = new MontgomeryField(limbs);
            foreach (byte witness in Bases)
            {
                if (!field.PassesMillerRabin(witness)) return false;
            }

            return true;
        }
        finally
        {
            field?.Clear();
            Array.Clear(limbs);
        }
    }

    private static ulong[] ToLimbs(ReadOnlySpan<byte> number)
    {
        ulong[] limbs = Pinned.Limbs(number.Length / sizeof(ulong));
        for (int i = 0; i < limbs.Length; i++) limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(number[^(8 * (i + 1))..]);
        return limbs;
    }

    private static uint Remainder(ulong[] limbs, uint divisor)
    {
        ulong rest = 0;
        for (int i = limbs.Length - 1; i >= 0; i--)
        {
            rest = (rest << 32 | limbs[i] >> 32) % divisor;
            rest = (rest << 32 | limbs[i] & uint.MaxValue) % divisor;
        }

        return (uint)rest;
    }

    /// <summary>The odd primes below <see cref="TrialMax"/>.</summary>
    private static ushort[] Sieve()
    {
        var isComposite = new bool[TrialMax];
        var primes = new List<ushort>();
        for (int i = 3; i < TrialMax; i += 2)
        {
            if (isComposite[i]) continue;
            primes.Add((ushort)i);
            for (long j = (long)i * i; j < TrialMax; j += 2 * i) isComposite[j] = true;
        }

        return [.. primes];
    }
}
