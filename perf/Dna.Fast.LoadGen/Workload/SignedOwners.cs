using System.Numerics;
using System.Security.Cryptography;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>Many RSA owners from few primes: every pair of primes is a key of its own, so n keys cost about sqrt(2 n) primes.</summary>
/// <remarks>
/// A node cannot tell such a key from any other: modulus, key id and signatures are as good as distinct owners'. For anybody who had two of them their greatest common divisor
/// would be the private key, so they are good for nothing but load.
/// </remarks>
internal static class SignedOwners
{
    private const int Exponent = 65_537;

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
            for (int j = i + 1; j < primes && owners.Count < count; j++) owners.Add(Join(found[i], found[j], bits));
        }

        return owners;
    }

    private static RSA Join(BigInteger p, BigInteger q, int bits)
    {
        if (p < q) (p, q) = (q, p);
        BigInteger p1 = p - 1, q1 = q - 1, d = Invert(Exponent, p1 * q1);
        return RSA.Create(new RSAParameters
        {
            Modulus = Bytes(p * q, bits / 8),
            Exponent = [1, 0, 1],
            D = Bytes(d, bits / 8),
            P = Bytes(p, bits / 16),
            Q = Bytes(q, bits / 16),
            DP = Bytes(d % p1, bits / 16),
            DQ = Bytes(d % q1, bits / 16),
            InverseQ = Bytes(Invert(q, p), bits / 16),
        });
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number, int length)
    {
        byte[] bytes = new byte[length], shortest = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        shortest.CopyTo(bytes, length - shortest.Length);
        return bytes;
    }

    private static BigInteger Invert(BigInteger number, BigInteger modulus)
    {
        (BigInteger a, BigInteger b, BigInteger x, BigInteger y) = (number % modulus, modulus, BigInteger.One, BigInteger.Zero);
        while (!a.IsZero)
        {
            var quotient = BigInteger.DivRem(b, a, out BigInteger rest);
            (a, b, x, y) = (rest, a, y - quotient * x, x);
        }

        return y.Sign < 0 ? y + modulus : y;
    }
}
