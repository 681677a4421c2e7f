using System.Numerics;
using System.Security.Cryptography;
using Dna.Fast.Identity;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>Many RSA owners from few primes: every pair of primes is a key of its own, so n keys cost about sqrt(2 n) primes.</summary>
/// <remarks>
/// A node cannot tell such a key from any other: modulus, key id and signatures are as good as distinct owners'. For anybody who had two of them their greatest common divisor
/// would be the private key, so they are good for nothing but load.
/// </remarks>
internal static class SignedOwners
{
    /// <summary>Makes the keys. A second of one core for each pair of primes of 4096-bit keys.</summary>
    /// <param name="count">1 to 8,000.</param>
    /// <param name="bits">Of each modulus.</param>
    public static IReadOnlyList<RSA> Make(int count, int bits)
    {
        int primes = 2;
        while (primes * (primes - 1) / 2 < count) primes += 2;
        var found = new BigInteger[primes];
        Parallel.For(0, primes / 2, i =>
        {
            using var key = RSA.Create(bits);
            RSAParameters parameters = key.ExportParameters(includePrivateParameters: true);
            found[2 * i] = Number(parameters.P!);
            found[2 * i + 1] = Number(parameters.Q!);
        });
        var owners = new List<RSA>(count);
        for (int i = 0; i < primes && owners.Count < count; i++)
        {
            for (int j = i + 1; j < primes && owners.Count < count; j++) owners.Add(RsaPrimes.Join(BigInteger.Max(found[i], found[j]), BigInteger.Min(found[i], found[j]), bits));
        }

        return owners;
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
