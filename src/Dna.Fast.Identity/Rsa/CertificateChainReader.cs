using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Reads a chain of certificates: PEM, leaf first, else one in DER. Any thread; never throws on input.</summary>
internal static class CertificateChainReader
{
    private const string Label = "CERTIFICATE";

    /// <param name="text">The file's bytes, each as a character.</param>
    /// <param name="chain">DER, leaf first; empty unless Ok.</param>
    /// <returns>Ok, <see cref="IdentityFileStatus.Truncated"/> or <see cref="IdentityFileStatus.Foreign"/>.</returns>
    public static IdentityFileStatus Read(ReadOnlySpan<char> text, ReadOnlySpan<byte> content, out IReadOnlyList<byte[]> chain)
    {
        var found = new List<byte[]>();
        chain = [];
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label] is Label)
            {
                byte[] der = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out _) || CertificateReader.ReadKey(der) is null) return IdentityFileStatus.Truncated;
                if (found.Count < RsaIdentity.ChainMax) found.Add(der);
            }

            rest = rest[fields.Location.End..];
        }

        if (found.Count == 0)
        {
            if (text.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal) >= 0) return IdentityFileStatus.Truncated;
            if (content is not [DerReader.Sequence, ..]) return content.IsEmpty ? IdentityFileStatus.Truncated : IdentityFileStatus.Foreign;
            if (CertificateReader.ReadKey(content) is null) return IdentityFileStatus.Truncated;
            found.Add(content.ToArray());
        }

        chain = found;
        return IdentityFileStatus.Ok;
    }
}
