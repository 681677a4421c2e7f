using System.Buffers.Binary;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>Polynomials out of hash output (CRYSTALS-Kyber 3.02, algorithms 1 and 2).</summary>
internal static class KyberSampling
{
    // 64 * eta bytes, eta = 2.
    private const int NoiseBytes = 128;

    // Three squeezes give 336 candidates of 12 bits, of which 19 % fall out: usually enough for 256.
    private const int FirstBytes = 3 * Sponge.Rate128;

    /// <summary>Uniform numbers below q from rho and two indices, in the NTT's domain. Its time depends on them: they are public.</summary>
    public static void Uniform(ReadOnlySpan<byte> rho, byte first, byte second, Span<short> a)
    {
        Span<byte> buffer = stackalloc byte[FirstBytes];
        var sponge = new Sponge(Sponge.Rate128, Sponge.ShakeSuffix);
        sponge.Absorb(rho);
        sponge.Absorb([first, second]);
        sponge.Squeeze(buffer);
        int count = 0;
        ReadOnlySpan<byte> rest = buffer;
        while (true)
        {
            for (; rest.Length >= 3 && count < KyberRing.N; rest = rest[3..])
            {
                int low = rest[0] | (rest[1] & 0x0F) << 8, high = rest[1] >> 4 | rest[2] << 4;
                if (low < KyberRing.Q) a[count++] = (short)low;
                if (high < KyberRing.Q && count < KyberRing.N) a[count++] = (short)high;
            }

            if (count == KyberRing.N) return;
            sponge.Squeeze(buffer[..Sponge.Rate128]);
            rest = buffer[..Sponge.Rate128];
        }
    }

    /// <summary>Small numbers, -2 to 2, from a secret: SHAKE256(seed, nonce), each the difference of two sums of two bits.</summary>
    public static void Noise(ReadOnlySpan<byte> seed, byte nonce, Span<short> a)
    {
        Span<byte> buffer = stackalloc byte[NoiseBytes];
        var sponge = new Sponge(Sponge.Rate256, Sponge.ShakeSuffix);
        sponge.Absorb(seed);
        sponge.Absorb([nonce]);
        sponge.Squeeze(buffer);
        for (int i = 0; i < KyberRing.N; i += 8)
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(buffer[(i / 2)..]);
            // Two bits hold the sum of two: of each number's four bits the lower and the upper sum.
            uint sums = (bits & 0x5555_5555) + (bits >> 1 & 0x5555_5555);
            for (int j = 0; j < 8; j++) a[i + j] = (short)((int)(sums >> 4 * j & 3) - (int)(sums >> 4 * j + 2 & 3));
        }

        sponge.Clear();
        CryptographicOperations.ZeroMemory(buffer);
    }
}
