using System.Numerics;

namespace Dna.Fast.Identity;

/// <summary>An RSA public key as it lies in a DER SubjectPublicKeyInfo (RFC 8017, appendix A.1; RFC 3279, section 2.3.1).</summary>
/// <remarks>
/// Only the one form stock nodes re-export is read: rsaEncryption with NULL parameters, shortest lengths, nothing behind. Any other spelling of the same key
/// gives another signed body there (wire specification, section 4.4), so it could never verify on the network.
/// </remarks>
internal readonly ref struct RsaPublicKey
{
    /// <summary>Smallest modulus, in bits: below it anybody can forge.</summary>
    public const int BitsMin = 1024;

    /// <summary>Largest modulus, in bits: twice stock's 4096. The cost of a verification grows with its square.</summary>
    public const int BitsMax = 8192;

    /// <summary>Largest exponent, in bytes: 65537 has 3. A modulus-sized one makes a verification as costly as a signature.</summary>
    public const int ExponentBytesMax = 4;

    /// <summary>1.2.840.113549.1.1.1.</summary>
    private static ReadOnlySpan<byte> RsaEncryption => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

    private RsaPublicKey(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        Modulus = modulus;
        Exponent = exponent;
    }

    /// <summary>Big endian, first byte not 0.</summary>
    public ReadOnlySpan<byte> Modulus { get; }

    /// <summary>Big endian, first byte not 0.</summary>
    public ReadOnlySpan<byte> Exponent { get; }

    /// <summary>Reads a key within the bounds. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> spki, out RsaPublicKey key)
    {
        key = default;
        var outer = new DerReader(spki);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> info) || !outer.IsAtEnd) return false;
        var parts = new DerReader(info);
        if (!parts.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> algorithm)) return false;
        if (!parts.TryRead(DerReader.BitString, out ReadOnlySpan<byte> bits) || !parts.IsAtEnd) return false;

        if (!IsRsaAlgorithm(algorithm)) return false;

        // The first byte of a bit string counts its unused bits.
        if (bits.IsEmpty || bits[0] != 0) return false;
        var packed = new DerReader(bits[1..]);
        if (!packed.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> pair) || !packed.IsAtEnd) return false;
        var numbers = new DerReader(pair);
        if (!numbers.TryReadPositive(out ReadOnlySpan<byte> modulus) || !numbers.TryReadPositive(out ReadOnlySpan<byte> exponent)) return false;
        if (!numbers.IsAtEnd || !IsWithinBounds(modulus, exponent)) return false;
        key = new RsaPublicKey(modulus, exponent);
        return true;
    }

    /// <summary>True for the content of an AlgorithmIdentifier that says rsaEncryption with NULL parameters.</summary>
    public static bool IsRsaAlgorithm(ReadOnlySpan<byte> algorithm)
    {
        var names = new DerReader(algorithm);
        return names.TryRead(DerReader.ObjectId, out ReadOnlySpan<byte> name) && name.SequenceEqual(RsaEncryption)
            && names.TryRead(DerReader.Null, out ReadOnlySpan<byte> nothing) && nothing.IsEmpty && names.IsAtEnd;
    }

    private static bool IsWithinBounds(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        int bits = 8 * modulus.Length - (BitOperations.LeadingZeroCount(modulus[0]) - 24);
        if (bits is < BitsMin or > BitsMax || (modulus[^1] & 1) == 0) return false;
        // Both are odd in every real key; 1 as exponent would make anything verify.
        return exponent.Length <= ExponentBytesMax && (exponent[^1] & 1) != 0 && !(exponent.Length == 1 && exponent[0] == 1);
    }
}
