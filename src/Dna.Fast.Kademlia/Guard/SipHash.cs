using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a fast keyed hash of short inputs; without the key its output cannot be told from random.</summary>
/// <remarks>
/// Key: 128 bits, as two little-endian 64-bit words. Output: 64 bits, or 128 bits by the authors' extension. Two rounds for each 8 bytes of input, four (twice four) at
/// the end. Any thread; allocates nothing; running time depends on the input's length alone.
/// </remarks>
/// <param name="Key0">Bytes 0 to 7 of the key.</param>
/// <param name="Key1">Bytes 8 to 15 of the key.</param>
public readonly record struct SipHash(ulong Key0, ulong Key1)
{
    /// <summary>Output of <see cref="Write128"/>, in bytes.</summary>
    public const int WideBytes = 16;

    /// <summary>The 64-bit hash.</summary>
    public ulong Hash64(ReadOnlySpan<byte> message) => Run(message, isWide: false, out _);

    /// <summary>Writes the 128-bit hash: 16 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes of room.</exception>
    public void Write128(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(hash, Run(message, isWide: true, out ulong upper));
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], upper);
    }

    // One method with the state in four locals: so it stays in registers from the first round to the last.
    private ulong Run(ReadOnlySpan<byte> message, bool isWide, out ulong upper)
    {
        ulong v0 = Key0 ^ 0x736F6D6570736575;
        ulong v1 = Key1 ^ 0x646F72616E646F6D ^ (isWide ? 0xEEUL : 0);
        ulong v2 = Key0 ^ 0x6C7967656E657261;
        ulong v3 = Key1 ^ 0x7465646279746573;

        int words = message.Length / sizeof(ulong);
        for (int i = 0; i <= words; i++)
        {
            ulong word = i < words ? BinaryPrimitives.ReadUInt64LittleEndian(message[(sizeof(ulong) * i)..]) : Last(message);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }

        v2 ^= isWide ? 0xEEUL : 0xFF;
        for (int i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        ulong lower = v0 ^ v1 ^ v2 ^ v3;
        upper = 0;
        if (!isWide) return lower;
        v1 ^= 0xDD;
        for (int i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        upper = v0 ^ v1 ^ v2 ^ v3;
        return lower;
    }

    /// <summary>What follows the whole words: the remaining bytes, and the length's lowest byte on top.</summary>
    private static ulong Last(ReadOnlySpan<byte> message)
    {
        ulong word = (ulong)message.Length << 56;
        ReadOnlySpan<byte> rest = message[(message.Length & ~7)..];
        for (int i = 0; i < rest.Length; i++) word |= (ulong)rest[i] << (8 * i);
        return word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
