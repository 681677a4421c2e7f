using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The public-key encryption under Kyber1024 (CRYSTALS-Kyber 3.02, algorithms 4 to 6): k = 4, eta = 2, d_u = 11, d_v = 5.</summary>
/// <remarks>Polynomials are 256 numbers in 16 bits each; a vector is 4 of them in a row. Sizes are the caller's care.</remarks>
internal static class KyberPke
{
    /// <summary>Polynomials in a vector.</summary>
    public const int K = 4;

    /// <summary>Bytes of the string that the matrix is expanded from, and of messages and coins.</summary>
    public const int SeedBytes = 32;

    public const int PublicKeyBytes = PrivateKeyBytes + SeedBytes;
    public const int PrivateKeyBytes = K * KyberPacking.PolynomialBytes;
    public const int CiphertextBytes = K * KyberPacking.CompressedUBytes + KyberPacking.CompressedVBytes;

    private const int N = KyberRing.N;

    /// <param name="d">32 bytes.</param>
    public static void GenerateKeyPair(ReadOnlySpan<byte> d, Span<byte> publicKey, Span<byte> privateKey)
    {
        Span<byte> seeds = stackalloc byte[Sha3.Bytes512];
        Span<short> work = stackalloc short[K * N + 2 * N];
        Span<short> s = work[..(K * N)], row = work.Slice(K * N, N), e = work.Slice(K * N + N, N);
        Sha3.Hash512(d, seeds);
        ReadOnlySpan<byte> rho = seeds[..SeedBytes], sigma = seeds[SeedBytes..];
        for (int i = 0; i < K; i++)
        {
            Span<short> si = s.Slice(i * N, N);
            KyberSampling.Noise(sigma, (byte)i, si);
            KyberRing.Ntt(si);
            KyberPacking.Pack(si, privateKey[(i * KyberPacking.PolynomialBytes)..]);
        }

        for (int i = 0; i < K; i++)
        {
            MultiplyRow(rho, i, isTransposed: false, s, row);
            KyberRing.ToMontgomery(row);
            KyberSampling.Noise(sigma, (byte)(K + i), e);
            KyberRing.Ntt(e);
            KyberRing.Add(row, e);
            KyberPacking.Pack(row, publicKey[(i * KyberPacking.PolynomialBytes)..]);
        }

        rho.CopyTo(publicKey[PrivateKeyBytes..]);
        CryptographicOperations.ZeroMemory(seeds);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(work));
    }

    /// <param name="message">32 bytes.</param>
    /// <param name="coins">32 bytes that all noise comes from.</param>
    public static void Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> coins, Span<byte> ciphertext)
    {
        Span<short> work = stackalloc short[K * N + 2 * N];
        Span<short> r = work[..(K * N)], row = work.Slice(K * N, N), e = work.Slice(K * N + N, N);
        ReadOnlySpan<byte> rho = publicKey.Slice(PrivateKeyBytes, SeedBytes);
        for (int i = 0; i < K; i++)
        {
            KyberSampling.Noise(coins, (byte)i, r.Slice(i * N, N));
            KyberRing.Ntt(r.Slice(i * N, N));
        }

        for (int i = 0; i < K; i++)
        {
            MultiplyRow(rho, i, isTransposed: true, r, row);
            KyberRing.InverseNtt(row);
            KyberSampling.Noise(coins, (byte)(K + i), e);
            KyberRing.Add(row, e);
            KyberPacking.CompressU(row, ciphertext[(i * KyberPacking.CompressedUBytes)..]);
        }

        MultiplyPacked(publicKey, r, row);
        KyberRing.InverseNtt(row);
        KyberSampling.Noise(coins, 2 * K, e);
        KyberRing.Add(row, e);
        KyberPacking.FromMessage(message, e);
        KyberRing.Add(row, e);
        KyberPacking.CompressV(row, ciphertext[(K * KyberPacking.CompressedUBytes)..]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(work));
    }

    /// <param name="message">32 bytes.</param>
    public static void Decrypt(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> ciphertext, Span<byte> message)
    {
        Span<short> work = stackalloc short[K * N + 2 * N];
        Span<short> u = work[..(K * N)], product = work.Slice(K * N, N), v = work.Slice(K * N + N, N);
        for (int i = 0; i < K; i++)
        {
            KyberPacking.DecompressU(ciphertext[(i * KyberPacking.CompressedUBytes)..], u.Slice(i * N, N));
            KyberRing.Ntt(u.Slice(i * N, N));
        }

        KyberPacking.DecompressV(ciphertext[(K * KyberPacking.CompressedUBytes)..], v);
        MultiplyPacked(privateKey, u, product);
        KyberRing.InverseNtt(product);
        KyberRing.Subtract(v, product);
        KyberPacking.ToMessage(v, message);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(work));
    }

    /// <summary>One row of the matrix, or of the transposed one, times a vector; both in the NTT's domain. The result carries one factor 2^-16.</summary>
    private static void MultiplyRow(ReadOnlySpan<byte> rho, int row, bool isTransposed, ReadOnlySpan<short> vector, Span<short> result)
    {
        Span<short> entry = stackalloc short[N];
        result.Clear();
        for (int j = 0; j < K; j++)
        {
            // The entry in row i and column j comes from rho, j, i.
            KyberSampling.Uniform(rho, (byte)(isTransposed ? row : j), (byte)(isTransposed ? j : row), entry);
            KyberRing.MultiplyAdd(entry, vector.Slice(j * N, N), result);
        }

        KyberRing.Reduce(result);
    }

    /// <summary>A packed vector times a vector; both in the NTT's domain. The result carries one factor 2^-16.</summary>
    private static void MultiplyPacked(ReadOnlySpan<byte> packed, ReadOnlySpan<short> vector, Span<short> result)
    {
        Span<short> part = stackalloc short[N];
        result.Clear();
        for (int j = 0; j < K; j++)
        {
            KyberPacking.Unpack(packed[(j * KyberPacking.PolynomialBytes)..], part);
            KyberRing.MultiplyAdd(part, vector.Slice(j * N, N), result);
        }

        KyberRing.Reduce(result);
        // It may have been the private key.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(part));
    }
}
