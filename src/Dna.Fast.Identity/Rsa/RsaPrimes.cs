using System.Numerics;
using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Two primes to one RSA key with e = 65537 and d = 1/e modulo lcm(p - 1, q - 1). Any thread.</summary>
/// <remarks>The big numbers it computes with cannot be zeroed in the framework's memory; their bytes are.</remarks>
internal static class RsaPrimes
{
    public const int Exponent = 65_537;

    /// <summary>The key of two primes.</summary>
    /// <param name="p">The larger one.</param>
    /// <param name="q">The smaller one. Neither is 1 more than a multiple of the exponent.</param>
    /// <param name="bits">Of their product; the primes have half as many.</param>
    public static RSA Join(BigInteger p, BigInteger q, int bits)
    {
        BigInteger p1 = p - 1, q1 = q - 1;
        BigInteger lcm = p1 / BigInteger.GreatestCommonDivisor(p1, q1) * q1;
        BigInteger d = Invert(Exponent, lcm);
        var parameters = new RSAParameters
        {
            Modulus = Bytes(p * q, bits / 8),
            Exponent = [1, 0, 1],
            D = Bytes(d, bits / 8),
            P = Bytes(p, bits / 16),
            Q = Bytes(q, bits / 16),
            DP = Bytes(d % p1, bits / 16),
            DQ = Bytes(d % q1, bits / 16),
            InverseQ = Bytes(Invert(q, p), bits / 16),
        };
        try
        {
            return RSA.Create(parameters);
        }
        finally
        {
            foreach (byte[] secret in (byte[][])[parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ])
                CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Bytes(BigInteger number, int length)
    {
        byte[] bytes = Pinned.Bytes(length);
        int start = length - number.GetByteCount(isUnsigned: true);
        bytes.AsSpan(0, start).Clear();
        number.TryWriteBytes(bytes.AsSpan(start), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    /// <summary>1/number modulo a coprime modulus, by the extended Euclidean algorithm.</summary>
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
