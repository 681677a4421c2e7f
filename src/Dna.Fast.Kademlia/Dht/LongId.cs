using System.Security.Cryptography;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>The long id of a public key: SHA-256 of its DER SubjectPublicKeyInfo (wire specification, section 4.6).</summary>
/// <remarks>32 bytes, the first one first. Any thread.</remarks>
public readonly record struct LongId
{
    /// <summary>Length, in bytes.</summary>
    public const int Bytes = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Reads the first 32 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 32 bytes.</exception>
    public LongId(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, Bytes, nameof(bytes));
        _high = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>SHA-1 of the 32 bytes: where newer stock nodes keep the key's certificate (section 4.6).</summary>
    public InfoHash Place
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Bytes];
            CopyTo(bytes);
            return InfoHash.Of(bytes);
        }
    }

    /// <summary>The long id of a key.</summary>
    /// <param name="spki">DER SubjectPublicKeyInfo.</param>
    public static LongId Of(ReadOnlySpan<byte> spki)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        SHA256.HashData(spki, digest);
        return new LongId(digest);
    }

    /// <summary>Reads exactly 64 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LongId id)
    {
        id = default;
        if (text.Length != 2 * Bytes) return false;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        id = new LongId(bytes);
        return true;
    }

    /// <summary>Writes 32 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 32 bytes of room.</exception>
    public void CopyTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Bytes, nameof(destination));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
