using System.Runtime.CompilerServices;

namespace Dna.Fast.Identity;

/// <summary>Arithmetic in Z_q[X]/(X^256 + 1), q = 3329, with Kyber's number-theoretic transform (CRYSTALS-Kyber 3.02, section 1.1).</summary>
/// <remarks>
/// Numbers are kept near zero, not reduced to 0..q-1 until they are packed. Bounds, so that 16 bits hold everywhere: the transform takes |a| ≤ q and each of its 7 layers adds
/// less than q; four products of two numbers below 4096 add less than 8q. Reduction is Montgomery's after products and Barrett's after sums: no division, no branch.
/// </remarks>
internal static class KyberRing
{
    /// <summary>Coefficients of a polynomial.</summary>
    public const int N = 256;

    /// <summary>The modulus.</summary>
    public const int Q = 3_329;

    // q * -3327 = 1 mod 2^16.
    private const int QInverse = -3_327;

    // 2^32 mod q: takes a number into Montgomery's form.
    private const int MontgomerySquared = 1_353;

    // 2^32 / 128 mod q: undoes the factor 128 of the inverse transform, and the 2^-16 of a product before it.
    private const int InverseScale = 1_441;

    // 2^26 / q, rounded: exact enough for every 16-bit number.
    private const int BarrettFactor = 20_159;
    private const int BarrettShift = 26;

    // 17^(the 7 bits of i in reverse) * 2^16 mod q, around zero. 17 is a 256th root of unity.
    internal static ReadOnlySpan<short> Zetas =>
    [
        -1044, -758, -359, -1517, 1493, 1422, 287, 202, -171, 622, 1577, 182, 962, -1202, -1474, 1468,
        573, -1325, 264, 383, -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411, -205, -1571,
        1223, 652, -552, 1015, -1293, 1491, -282, -1544, 516, -8, -320, -666, -1618, -1162, 126, 1469,
        -853, -90, -271, 830, 107, -1421, -247, -951, -398, 961, -1508, -725, 448, -1065, 677, -1275,
        -1103, 430, 555, 843, -1251, 871, 1550, 105, 422, 587, 177, -235, -291, -460, 1574, 1653,
        -246, 778, 1159, -147, -777, 1483, -602, 1119, -1590, 644, -872, 349, 418, 329, -156, -75,
        817, 1097, 603, 610, 1322, -1285, -1465, 384, -1215, -136, 1218, -1335, -874, 220, -1187, -1659,
        -1185, -1530, -1278, 794, -1510, -854, -870, 478, -108, -308, 996, 991, 958, -1460, 1522, 1628,
    ];

    /// <summary>Transforms in place; the result is reduced.</summary>
    public static void Ntt(Span<short> a)
    {
        a = a[..N];
        int k = 1;
        for (int half = 128; half >= 2; half >>= 1)
        {
            for (int start = 0; start < N; start += 2 * half)
            {
                int zeta = Zetas[k++];
                Span<short> low = a.Slice(start, half), high = a.Slice(start + half, half);
                for (int j = 0; j < low.Length && j < high.Length; j++)
                {
                    short t = Montgomery(zeta * high[j]);
                    high[j] = (short)(low[j] - t);
                    low[j] = (short)(low[j] + t);
                }
            }
        }

        Reduce(a);
    }

    /// <summary>Transforms back in place, and takes the factor 2^-16 of one product away.</summary>
    public static void InverseNtt(Span<short> a)
    {
        a = a[..N];
        int k = 127;
        for (int half = 2; half <= 128; half <<= 1)
        {
            for (int start = 0; start < N; start += 2 * half)
            {
                int zeta = Zetas[k--];
                Span<short> low = a.Slice(start, half), high = a.Slice(start + half, half);
                for (int j = 0; j < low.Length && j < high.Length; j++)
                {
                    short t = low[j];
                    low[j] = Barrett((short)(t + high[j]));
                    high[j] = Montgomery(zeta * (high[j] - t));
                }
            }
        }

        for (int i = 0; i < a.Length; i++) a[i] = Montgomery(InverseScale * a[i]);
    }

    /// <summary>Adds the product of two transformed polynomials, times 2^-16: 128 products of linear ones, modulo X^2 - zeta and X^2 + zeta in turn.</summary>
    public static void MultiplyAdd(ReadOnlySpan<short> a, ReadOnlySpan<short> b, Span<short> sum)
    {
        a = a[..N];
        b = b[..N];
        sum = sum[..N];
        for (int i = 0; i < N / 4; i++)
        {
            int zeta = Zetas[64 + i];
            MultiplyPair(a.Slice(4 * i, 2), b.Slice(4 * i, 2), zeta, sum.Slice(4 * i, 2));
            MultiplyPair(a.Slice(4 * i + 2, 2), b.Slice(4 * i + 2, 2), -zeta, sum.Slice(4 * i + 2, 2));
        }
    }

    /// <summary>Multiplies by 2^16: undoes what a product took.</summary>
    public static void ToMontgomery(Span<short> a)
    {
        for (int i = 0; i < a.Length; i++) a[i] = Montgomery(MontgomerySquared * a[i]);
    }

    /// <summary>Adds and reduces.</summary>
    public static void Add(Span<short> a, ReadOnlySpan<short> b)
    {
        b = b[..a.Length];
        for (int i = 0; i < a.Length; i++) a[i] = Barrett((short)(a[i] + b[i]));
    }

    /// <summary>Subtracts and reduces.</summary>
    public static void Subtract(Span<short> a, ReadOnlySpan<short> b)
    {
        b = b[..a.Length];
        for (int i = 0; i < a.Length; i++) a[i] = Barrett((short)(a[i] - b[i]));
    }

    /// <summary>Brings each number to -q/2..q/2.</summary>
    public static void Reduce(Span<short> a)
    {
        for (int i = 0; i < a.Length; i++) a[i] = Barrett(a[i]);
    }

    /// <summary>The number's one form in 0..q-1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Canonical(short a)
    {
        int reduced = Barrett(a);
        return reduced + (reduced >> 31 & Q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyPair(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int zeta, Span<short> sum)
    {
        sum[0] += (short)(Montgomery(zeta * Montgomery(a[1] * b[1])) + Montgomery(a[0] * b[0]));
        sum[1] += (short)(Montgomery(a[0] * b[1]) + Montgomery(a[1] * b[0]));
    }

    /// <summary>a * 2^-16 mod q in -q..q, for |a| &lt; q * 2^15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short Montgomery(int a)
    {
        short multiple = (short)(a * QInverse);
        return (short)(a - multiple * Q >> 16);
    }

    /// <summary>a mod q in -q/2..q/2, for every 16-bit a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short Barrett(short a)
    {
        int quotient = BarrettFactor * a + (1 << BarrettShift - 1) >> BarrettShift;
        return (short)(a - quotient * Q);
    }
}
