using System.Buffers.Binary;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Which message it is: the first 16 bytes of the SHA3-256 of its envelope. Two readings of one message have one digest, wherever it was read.</summary>
/// <param name="Bits">Big-endian.</param>
public readonly record struct MessageDigest(UInt128 Bits)
{
    /// <summary>Bytes of a digest.</summary>
    public const int Bytes = 16;

    /// <summary>The digest of an envelope.</summary>
    public static MessageDigest Of(ReadOnlySpan<byte> envelope)
    {
        Span<byte> hash = stackalloc byte[Sha3.Bytes256];
        Sha3.Hash256(envelope, hash);
        return new MessageDigest(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }
}
