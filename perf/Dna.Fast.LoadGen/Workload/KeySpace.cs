using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>The keys of a run: number to 20 bytes, computed, so that a million keys take no memory. Any thread.</summary>
/// <remarks>
/// All keys share their first bits with the node's id, and none of them with the generator's own node ids: a node acknowledges a put for a
/// key that eight better nodes are responsible for, and does not store it (wire specification, section 2.5).
/// </remarks>
internal sealed class KeySpace
{
    private const ulong Weyl = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong _seed;
    private readonly ulong _prefix;
    private readonly ulong _mask;

    /// <param name="seed">Another seed gives other keys.</param>
    /// <param name="node">The node under load.</param>
    /// <param name="nearBits">First bits the keys share with the node's id, 1 to 60.</param>
    public KeySpace(ulong seed, in InfoHash node, int nearBits)
    {
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        node.CopyTo(id);
        _seed = SplitMix.Mix(seed);
        _mask = ulong.MaxValue << (64 - nearBits);
        _prefix = BinaryPrimitives.ReadUInt64BigEndian(id) & _mask;
    }

    /// <summary>Writes key <paramref name="index"/>, 20 bytes.</summary>
    public void Write(uint index, Span<byte> to)
    {
        ulong first = SplitMix.Mix(_seed + index * Weyl);
        ulong second = SplitMix.Mix(first ^ Weyl);
        BinaryPrimitives.WriteUInt64BigEndian(to, (first & ~_mask) | _prefix);
        BinaryPrimitives.WriteUInt64BigEndian(to[8..], second);
        BinaryPrimitives.WriteUInt32BigEndian(to[16..], (uint)(first ^ second >> 32));
    }

    public InfoHash Key(uint index)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        Write(index, bytes);
        return new InfoHash(bytes);
    }

    /// <summary>
    /// A node id for the generator itself: in the other half of the id space, so it is farther from every key than the node is.
    /// </summary>
    public static InfoHash FarId(in InfoHash node, SplitMix random)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, random.Next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], random.Next());
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], (uint)random.Next());
        return new InfoHash(bytes).WithBit(0, !node.Bit(0));
    }
}
