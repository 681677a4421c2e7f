using System.Buffers.Binary;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Which message it is: the first 16 bytes of the SHA3-256 of what of its envelope its reader can tell from a forgery (<see cref="EnvelopeCore"/>). Two readings of one message have one digest, wherever it
/// was read and whatever somebody changed around it.</summary>
/// <param name="Bits">Big-endian.</param>
public readonly record struct MessageDigest(UInt128 Bits)
{
    /// <summary>Bytes of a digest.</summary>
    public const int Bytes = 16;

    /// <summary>The digest of an envelope.</summary>
    public static MessageDigest Of(ReadOnlySpan<byte> envelope) => OfBytes(EnvelopeCore.Of(envelope));

    /// <summary>The digest of bytes, all of which count.</summary>
    internal static MessageDigest OfBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Sha3.Bytes256];
        Sha3.Hash256(bytes, hash);
        return new MessageDigest(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }
}
