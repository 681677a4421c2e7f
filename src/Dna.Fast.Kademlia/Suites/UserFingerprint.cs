namespace Dna.Fast.Kademlia;

/// <summary>The name of a user: SHA3-512 of the signing key as 128 lower-case hex characters (DNA layer, section 2.2).</summary>
public static class UserFingerprint
{
    /// <summary>Characters of a fingerprint.</summary>
    public const int Length = 128;

    /// <summary>The fingerprint of a signing key of any suite.</summary>
    public static string Of(ReadOnlySpan<byte> signingKey)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Sha3.Hash512(signingKey, digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>Reads a fingerprint as a person may have typed it; keys are computed from the text, so upper case becomes lower case.</summary>
    /// <returns>Null unless it is 128 hex digits.</returns>
    public static string? Normalise(ReadOnlySpan<char> text)
    {
        if (text.Length != Length) return null;
        foreach (char digit in text)
        {
            if (!char.IsAsciiHexDigit(digit)) return null;
        }

        return text.ToString().ToLowerInvariant();
    }
}
