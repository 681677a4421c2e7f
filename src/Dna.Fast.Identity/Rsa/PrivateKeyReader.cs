using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Reads a private RSA key: PEM (PKCS#1, PKCS#8, PKCS#8 with a password), else DER (PKCS#8 or PKCS#1). Any thread; never throws on input.</summary>
internal static class PrivateKeyReader
{
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    /// <param name="text">The file's bytes, each as a character.</param>
    /// <param name="password">Empty: none.</param>
    /// <param name="key">The caller disposes it; null unless Ok.</param>
    public static IdentityFileStatus Read(ReadOnlySpan<char> text, ReadOnlySpan<byte> content, ReadOnlySpan<char> password, out RSA? key)
    {
        key = null;
        ReadOnlySpan<char> rest = text;
        bool sawOther = false;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            ReadOnlySpan<char> label = rest[fields.Label], base64 = rest[fields.Base64Data];
            if (label is Pkcs1 or Pkcs8 or Encrypted)
            {
                byte[] der = Pinned.Bytes(fields.DecodedDataLength);
                try
                {
                    bool isWhole = Convert.TryFromBase64Chars(base64, der, out int length);
                    return isWhole ? ReadDer(label, der.AsSpan(0, length), password, out key) : IdentityFileStatus.Truncated;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(der);
                }
            }

            sawOther |= label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);
            rest = rest[fields.Location.End..];
        }

        if (sawOther) return IdentityFileStatus.NotRsa;
        if (text.IndexOf("-----BEGIN", StringComparison.Ordinal) >= 0) return text.IndexOf("PRIVATE KEY-----", StringComparison.Ordinal) >= 0 ? IdentityFileStatus.Truncated : IdentityFileStatus.Foreign;
        if (content is not [DerReader.Sequence, ..]) return content.IsEmpty ? IdentityFileStatus.Truncated : IdentityFileStatus.Foreign;
        IdentityFileStatus plain = ReadDer(Pkcs8, content, password, out key);
        return plain == IdentityFileStatus.Truncated ? ReadDer(Pkcs1, content, password, out key) : plain;
    }

    private static IdentityFileStatus ReadDer(ReadOnlySpan<char> label, ReadOnlySpan<byte> der, ReadOnlySpan<char> password, out RSA? key)
    {
        key = null;
        if (label is Encrypted && password.IsEmpty) return IdentityFileStatus.PasswordNeeded;
        var rsa = RSA.Create();
        try
        {
            int read;
            if (label is Pkcs1) rsa.ImportRSAPrivateKey(der, out read);
            else if (label is Pkcs8) rsa.ImportPkcs8PrivateKey(der, out read);
            else rsa.ImportEncryptedPkcs8PrivateKey(password, der, out read);
            if (rsa.KeySize < RsaPublicKey.BitsMin || rsa.KeySize > RsaPublicKey.BitsMax)
            {
                rsa.Dispose();
                return IdentityFileStatus.NotRsa;
            }

            key = rsa;
            return IdentityFileStatus.Ok;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return WhyNot(label, der, password);
        }
    }

    // The framework says "no" with one exception: what it was is found by asking further.
    private static IdentityFileStatus WhyNot(ReadOnlySpan<char> label, ReadOnlySpan<byte> der, ReadOnlySpan<char> password)
    {
        if (label is Pkcs1) return IdentityFileStatus.Truncated;
        if (label is Encrypted) return IsWhole(der) ? (IsEllipticCurve(der, password) ? IdentityFileStatus.NotRsa : IdentityFileStatus.WrongPassword) : IdentityFileStatus.Truncated;
        // PKCS#8 (RFC 5208): version, algorithm, octets.
        var outer = new DerReader(der);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> info)) return IdentityFileStatus.Truncated;
        var parts = new DerReader(info);
        if (!parts.TryRead(DerReader.Integer, out _) || !parts.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> algorithm)) return IdentityFileStatus.Truncated;
        return RsaPublicKey.IsRsaAlgorithm(algorithm) ? IdentityFileStatus.Truncated : IdentityFileStatus.NotRsa;
    }

    private static bool IsWhole(ReadOnlySpan<byte> der) => new DerReader(der).TryRead(DerReader.Sequence, out _);

    private static bool IsEllipticCurve(ReadOnlySpan<byte> der, ReadOnlySpan<char> password)
    {
        using var other = ECDsa.Create();
        try
        {
            other.ImportEncryptedPkcs8PrivateKey(password, der, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
