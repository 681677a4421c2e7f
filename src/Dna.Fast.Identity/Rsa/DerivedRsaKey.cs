using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>An RSA key and its certificate as a function of 32 bytes. Any thread.</summary>
/// <remarks>
/// <para>The construction, so that anybody can repeat it. It never changes: a key that was derived owns values in the network.</para>
/// <code>
/// half          = bits / 16                                            bytes of a prime
/// block(w, i)   = SHAKE256("dna-fast rsa v1" | u16 BE bits | seed 32 | w | u32 BE i), its first half bytes     w: 'p' or 'q', one byte
/// candidate     = block(w, i) as a big-endian number, its two highest bits and its lowest bit set to 1
/// prime(w)      = candidate(w, i) of the first i = 0, 1, 2, ... such that it is prime and candidate - 1 is no multiple of 65537
/// p, q          = prime('p'), prime('q'); when |p - q| &lt; 2^(bits/2 - 100), the search for q goes on at its next i
/// key           = the larger of both as p, the smaller as q; e = 65537; d = 1/e modulo lcm(p - 1, q - 1)
/// prime test    = no factor among the primes below 65,536, and Miller-Rabin to the bases 2, 3, 5, 7, 11, 13, 17, 19
/// </code>
/// <para>The two highest bits make the product of two halves exactly <c>bits</c> long. Candidates are as good as random, so eight bases leave a chance below 2^-100 that a
/// composite passes (Damgård, Landrock and Pomerance, 1993).</para>
/// <para>The certificate: self-signed "dht_node", serial number 01 followed by the first 7 bytes of SHA-256(SPKI), valid from 2025-01-01 to 9999-12-31 (RFC 5280: no end).</para>
/// <para>Which candidates fail depends on the seed and shows in the time it takes. Numbers that the framework computes with here (d, and the primes while they are joined)
/// cannot be zeroed in its memory; the candidates are.</para>
/// </remarks>
public static class DerivedRsaKey
{
    /// <summary>Length of a seed, in bytes.</summary>
    public const int SeedBytes = 32;

    /// <summary>Bits by which p and q differ from their top at most: nearer primes could be found by Fermat's method (FIPS 186-4, B.3.1).</summary>
    private const int DistanceBits = 100;

    private static ReadOnlySpan<byte> Label => "dna-fast rsa v1"u8;

    /// <summary>Derives the key. Takes a second or several for 4096 bits: call it off any thread that others wait for.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="bits">2048 to 8192, a multiple of 128.</param>
    /// <exception cref="ArgumentException">A seed of another length; ArgumentOutOfRangeException: another size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RSA Derive(byte[] seed, int bits, CancellationToken cancellation)
    {
        ThrowIfBad(seed, bits);
        // The two searches know nothing of each other.
        Task<(BigInteger Prime, uint Next)> other = Task.Run(() => Search(seed, bits, (byte)'q', 0, cancellation), cancellation);
        (BigInteger p, _) = Search(seed, bits, (byte)'p', 0, cancellation);
        (BigInteger q, uint next) = other.GetAwaiter().GetResult();
        while (BigInteger.Abs(p - q).GetBitLength() <= bits / 2 - DistanceBits) (q, next) = Search(seed, bits, (byte)'q', next, cancellation);
        return RsaPrimes.Join(BigInteger.Max(p, q), BigInteger.Min(p, q), bits);
    }

    /// <exception cref="ArgumentException">No seed, or no size of a key that can be made of one.</exception>
    internal static void ThrowIfBad(ReadOnlySpan<byte> seed, int bits)
    {
        RsaIdentity.ThrowIfBadSize(bits);
        if (seed.Length != SeedBytes) throw new ArgumentException($"a seed has {SeedBytes} bytes", nameof(seed));
    }

    /// <summary>The certificate of a derived key: the same key gives the same bytes.</summary>
    internal static IReadOnlyList<byte[]> Certificate(RSA key)
    {
        byte[] digest = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
        byte[] serial = [1, .. digest.AsSpan(0, 7)];
        var from = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var to = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        return IdentityCertificates.SelfSigned(key, from, to, serial);
    }

    /// <summary>The first prime of a stream from candidate <paramref name="first"/> on, and the number of the candidate after it.</summary>
    private static (BigInteger Prime, uint Next) Search(byte[] seed, int bits, byte which, uint first, CancellationToken cancellation)
    {
        byte[] input = Pinned.Bytes(Label.Length + sizeof(ushort) + SeedBytes + 1 + sizeof(uint)), candidate = Pinned.Bytes(bits / 16);
        Label.CopyTo(input);
        BinaryPrimitives.WriteUInt16BigEndian(input.AsSpan(Label.Length), (ushort)bits);
        seed.CopyTo(input, Label.Length + sizeof(ushort));
        input[^(sizeof(uint) + 1)] = which;
        try
        {
            for (uint i = first; i < uint.MaxValue; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(input.Length - sizeof(uint)), i);
                Sha3.Shake256(input, candidate);
                candidate[0] |= 0xC0;
                candidate[^1] |= 1;
                if (PrimeTest.Remainder(candidate, RsaPrimes.Exponent) != 1 && PrimeTest.IsPrime(candidate))
                    return (new BigInteger(candidate, isUnsigned: true, isBigEndian: true), i + 1);
            }

            throw new InvalidOperationException("Four billion candidates and no prime: the generator is broken.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(candidate);
        }
    }
}
