// Unsafe: reads key bytes through FASTER's SpanByte. Every key in the store is written by StoreKey and 20 to 28 bytes long; a damaged page may hold
// anything, so lengths are checked before bytes are read and nothing behind a key's own bytes is touched.
using System.Buffers.Binary;
using Dna.Fast.Storage.Records;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>Hash and equality of keys. Any thread.</summary>
/// <remarks>
/// The hash is keyed with 192 secret bits: strangers choose infohashes and value ids, and must not be able to choose hash chains.
/// <para>FASTER spends 8 bytes of memory for each pair of bucket and tag, and tags have 14 bits; only 64 of them are used, so that the index is bounded
/// too. At a million keys under the default of 262,144 buckets, 6 keys in 100 share a chain with another.</para>
/// </remarks>
internal sealed class StoreComparer(ulong seed0, ulong seed1, ulong seed2) : IFasterEqualityComparer<SpanByte>
{
    /// <summary>Tags in use, as bits.</summary>
    public const int TagBits = 6;

    /// <summary>Writers of keys whose hashes end in different bits never meet: one gate for each.</summary>
    public const int GateBits = 8;

    private const int TagShift = 50;
    private const ulong GateMask = (1UL << GateBits) - 1;

    // The tag is the upper 14 bits; the bucket comes from the lower ones.
    private const ulong UsedMask = (1UL << (TagShift + TagBits)) - 1;

    public long GetHashCode64(ref SpanByte key) => HashOf(key.AsReadOnlySpan());

    /// <summary>The hash by which the index finds a key.</summary>
    public long HashOf(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Hash(bytes);

        // All records of an infohash, whatever their kind, end in the bits of its gate. So whoever holds the gate is alone in all the hash chains he
        // touches, and FASTER never has to give up a record it has begun, which would leave a page that FASTER itself cannot walk.
        if (bytes.Length is > StoreKey.HeadBytes and <= StoreKey.BytesMax) hash = hash & ~GateMask | (uint)Gate(bytes[..StoreKey.HeadBytes]);
        return (long)(hash & UsedMask);
    }

    /// <summary>The gate of an infohash, 0 to 255.</summary>
    public int Gate(ReadOnlySpan<byte> head) => (int)(Hash(head) & GateMask);

    public bool Equals(ref SpanByte left, ref SpanByte right)
    {
        // Lengths first: the length of a damaged record may be anything.
        int length = left.Length;
        return length == right.Length && length <= StoreKey.BytesMax && left.AsReadOnlySpan().SequenceEqual(right.AsReadOnlySpan());
    }

    /// <summary>The keyed hash of 20 to 28 bytes; 0 for anything else, which only damage can bring here.</summary>
    public ulong Hash(ReadOnlySpan<byte> key)
    {
        if (key.Length is < StoreKey.HeadBytes or > StoreKey.BytesMax) return 0;
        ulong tail = key.Length switch
        {
            StoreKey.HeadBytes => 0,
            StoreKey.ChunkBytes => BinaryPrimitives.ReadUInt32LittleEndian(key[StoreKey.HeadBytes..]),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(key[(key.Length - sizeof(ulong))..]),
        };
        ulong hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(key) ^ seed0, BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) ^ seed1);
        ulong rest = BinaryPrimitives.ReadUInt32LittleEndian(key[16..]) | (ulong)key.Length << 32;
        return Mix(Mix(hash ^ rest, tail ^ seed2) ^ seed0, 0x9E37_79B9_7F4A_7C15);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
