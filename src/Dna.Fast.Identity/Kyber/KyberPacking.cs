using System.Buffers.Binary;

namespace Dna.Fast.Identity;

/// <summary>Polynomials as bytes (CRYSTALS-Kyber 3.02, section 1.1, Compress and Encode): numbers of 12, 11, 5 or 1 bits, least significant bit first.</summary>
/// <remarks>Rounded division by q is a multiplication and a shift, exact for all numbers below q: a divider's time would depend on the secret.</remarks>
internal static class KyberPacking
{
    /// <summary>256 numbers of 12 bits.</summary>
    public const int PolynomialBytes = KyberRing.N * 12 / 8;

    /// <summary>256 numbers of 11 bits.</summary>
    public const int CompressedUBytes = KyberRing.N * 11 / 8;

    /// <summary>256 numbers of 5 bits.</summary>
    public const int CompressedVBytes = KyberRing.N * 5 / 8;

    private const int Q = KyberRing.Q;

    public static void Pack(ReadOnlySpan<short> a, Span<byte> bytes)
    {
        bytes = bytes[..PolynomialBytes];
        for (int i = 0, at = 0; i < KyberRing.N; i += 2, at += 3)
        {
            int pair = KyberRing.Canonical(a[i]) | KyberRing.Canonical(a[i + 1]) << 12;
            bytes[at] = (byte)pair;
            bytes[at + 1] = (byte)(pair >> 8);
            bytes[at + 2] = (byte)(pair >> 16);
        }
    }

    /// <summary>Numbers of q and more stay as they are: the arithmetic is right for all of 12 bits.</summary>
    public static void Unpack(ReadOnlySpan<byte> bytes, Span<short> a)
    {
        bytes = bytes[..PolynomialBytes];
        for (int i = 0, at = 0; i < KyberRing.N; i += 2, at += 3)
        {
            int pair = bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16;
            a[i] = (short)(pair & 0xFFF);
            a[i + 1] = (short)(pair >> 12);
        }
    }

    /// <summary>Rounds to 11 bits; 8 numbers make 11 bytes.</summary>
    public static void CompressU(ReadOnlySpan<short> a, Span<byte> bytes)
    {
        bytes = bytes[..CompressedUBytes];
        for (int i = 0; i < KyberRing.N; i += 8)
        {
            UInt128 group = 0;
            for (int j = 0; j < 8; j++) group |= (UInt128)Compress11(KyberRing.Canonical(a[i + j])) << 11 * j;
            Span<byte> eleven = bytes.Slice(i / 8 * 11, 11);
            BinaryPrimitives.WriteUInt64LittleEndian(eleven, (ulong)group);
            ulong rest = (ulong)(group >> 64);
            eleven[8] = (byte)rest;
            eleven[9] = (byte)(rest >> 8);
            eleven[10] = (byte)(rest >> 16);
        }
    }

    public static void DecompressU(ReadOnlySpan<byte> bytes, Span<short> a)
    {
        bytes = bytes[..CompressedUBytes];
        for (int i = 0; i < KyberRing.N; i += 8)
        {
            ReadOnlySpan<byte> eleven = bytes.Slice(i / 8 * 11, 11);
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(eleven);
            ulong high = eleven[8] | (ulong)eleven[9] << 8 | (ulong)eleven[10] << 16;
            UInt128 group = new(high, low);
            for (int j = 0; j < 8; j++)
            {
                int number = (int)(ulong)(group >> 11 * j) & 0x7FF;
                a[i + j] = (short)(number * Q + (1 << 10) >> 11);
            }
        }
    }

    /// <summary>Rounds to 5 bits; 8 numbers make 5 bytes.</summary>
    public static void CompressV(ReadOnlySpan<short> a, Span<byte> bytes)
    {
        bytes = bytes[..CompressedVBytes];
        for (int i = 0; i < KyberRing.N; i += 8)
        {
            ulong group = 0;
            for (int j = 0; j < 8; j++) group |= Compress5(KyberRing.Canonical(a[i + j])) << 5 * j;
            Span<byte> five = bytes.Slice(i / 8 * 5, 5);
            for (int j = 0; j < 5; j++) five[j] = (byte)(group >> 8 * j);
        }
    }

    public static void DecompressV(ReadOnlySpan<byte> bytes, Span<short> a)
    {
        bytes = bytes[..CompressedVBytes];
        for (int i = 0; i < KyberRing.N; i += 8)
        {
            ReadOnlySpan<byte> five = bytes.Slice(i / 8 * 5, 5);
            ulong group = 0;
            for (int j = 0; j < 5; j++) group |= (ulong)five[j] << 8 * j;
            for (int j = 0; j < 8; j++)
            {
                int number = (int)(group >> 5 * j) & 0x1F;
                a[i + j] = (short)(number * Q + (1 << 4) >> 5);
            }
        }
    }

    /// <summary>A bit becomes 0 or q/2 rounded up, by a mask.</summary>
    /// <param name="message">32 bytes.</param>
    public static void FromMessage(ReadOnlySpan<byte> message, Span<short> a)
    {
        const int half = (Q + 1) / 2;
        for (int i = 0; i < KyberRing.N; i++) a[i] = (short)(-(message[i >> 3] >> (i & 7) & 1) & half);
    }

    /// <summary>A number becomes 1 when it is nearer to q/2 than to 0.</summary>
    /// <param name="message">32 bytes.</param>
    public static void ToMessage(ReadOnlySpan<short> a, Span<byte> message)
    {
        message.Clear();
        for (int i = 0; i < KyberRing.N; i++) message[i >> 3] |= (byte)(Compress1(KyberRing.Canonical(a[i])) << (i & 7));
    }

    // Each: (x * 2^d + q/2) / q as a product with 2^s / q rounded, for 0 <= x < q.
    internal static uint Compress11(int x) => (uint)((ulong)((x << 11) + Q / 2) * 161_271 >> 29) & 0x7FF;

    internal static ulong Compress5(int x) => (uint)((x << 5) + Q / 2) * 315 >> 20 & 0x1F;

    internal static uint Compress1(int x) => (uint)((x << 1) + Q / 2) * 315 >> 20 & 1;
}
