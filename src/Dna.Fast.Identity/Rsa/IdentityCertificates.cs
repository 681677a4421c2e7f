using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>Makes the certificates of RSA identities, in the two forms of <see cref="CertificateForm"/>. Any thread.</summary>
/// <remarks>
/// Both forms: X.509 v3, an 8-byte serial number, names CN and UID (0.9.2342.19200300.100.1.1: the key id in hexadecimal digits), SubjectKeyIdentifier = key id.
/// </remarks>
internal static class IdentityCertificates
{
    private const string UserIdOid = "0.9.2342.19200300.100.1.1";
    private const string CommonNameOid = "2.5.4.3";
    private const int SerialBytes = 8;

    /// <summary>Ten years, as stock counts them: 3,650 days.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    /// <summary>"DHT Node CA" and "DHT Node" (wire specification, section 8).</summary>
    /// <param name="caKey">The P-384 key that signed; the caller disposes it.</param>
    /// <returns>DER, leaf first.</returns>
    public static IReadOnlyList<byte[]> Stock(RSA key, TimeProvider time, out ECDsa caKey)
    {
        (DateTimeOffset from, DateTimeOffset to) = Dates(time);
        caKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        InfoHash caId = InfoHash.Of(caKey.ExportSubjectPublicKeyInfo()), id = InfoHash.Of(key.ExportSubjectPublicKeyInfo());
        X500DistinguishedName caName = Name("DHT Node CA", UniversalTagNumber.PrintableString, caId);
        var caRequest = new CertificateRequest(caName, caKey, HashAlgorithmName.SHA384);
        AddAuthority(caRequest, caId);
        var signer = X509SignatureGenerator.CreateForECDsa(caKey);
        using X509Certificate2 ca = caRequest.Create(caName, signer, from, to, Serial());

        X500DistinguishedName name = Name("DHT Node", UniversalTagNumber.PrintableString, id);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(KeyIdentifier(id));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.DataEncipherment, critical: true));
        using X509Certificate2 leaf = request.Create(caName, signer, from, to, Serial());
        return [leaf.RawData, ca.RawData];
    }

    /// <summary>Self-signed "dht_node", valid for ten years (DNA layer, section 2.1).</summary>
    public static IReadOnlyList<byte[]> SelfSigned(RSA key, TimeProvider time)
    {
        (DateTimeOffset from, DateTimeOffset to) = Dates(time);
        return SelfSigned(key, from, to, Serial());
    }

    /// <summary>Self-signed with everything given: the same arguments give the same bytes.</summary>
    public static IReadOnlyList<byte[]> SelfSigned(RSA key, DateTimeOffset from, DateTimeOffset to, byte[] serial)
    {
        InfoHash id = InfoHash.Of(key.ExportSubjectPublicKeyInfo());
        // The underscore is no character of a PrintableString.
        X500DistinguishedName name = Name("dht_node", UniversalTagNumber.UTF8String, id);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        AddAuthority(request, id);
        using X509Certificate2 certificate = request.Create(name, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), from, to, serial);
        return [certificate.RawData];
    }

    private static void AddAuthority(CertificateRequest request, in InfoHash id)
    {
        request.CertificateExtensions.Add(KeyIdentifier(id));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
    }

    private static X509SubjectKeyIdentifierExtension KeyIdentifier(in InfoHash id) => new(id.ToString(), critical: false);

    private static X500DistinguishedName Name(string commonName, UniversalTagNumber kind, in InfoHash id)
    {
        // The builder writes what is added last first.
        var builder = new X500DistinguishedNameBuilder();
        builder.Add(UserIdOid, id.ToString(), UniversalTagNumber.PrintableString);
        builder.Add(CommonNameOid, commonName, kind);
        return builder.Build();
    }

    private static (DateTimeOffset From, DateTimeOffset To) Dates(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return (now, now + Validity);
    }

    /// <summary>Positive and without leading zeros, as RFC 5280 asks; stock's may be negative.</summary>
    private static byte[] Serial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return serial;
    }
}
