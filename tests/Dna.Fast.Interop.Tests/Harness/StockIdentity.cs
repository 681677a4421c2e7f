using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A stock identity in files, as <c>dhtnode --certificate FILE --privkey FILE</c> takes it: RSA-4096 and a self-signed certificate.</summary>
/// <remarks>Making a key takes seconds, so a test run makes two and every test shares them.</remarks>
internal sealed class StockIdentity
{
    private static readonly Lazy<StockIdentity> LazyOwner = new(() => new StockIdentity("owner"));
    private static readonly Lazy<StockIdentity> LazyThief = new(() => new StockIdentity("thief"));

    // The files live as long as the test run.
    private readonly TestDirectory _directory = new();

    private StockIdentity(string name)
    {
        Key = RSA.Create(4096);
        CertificateRequest request = new($"CN={name}", Key, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        CertificatePem = certificate.ExportCertificatePem();
        File.WriteAllText(CertificateFile, CertificatePem);
        File.WriteAllText(KeyFile, Key.ExportPkcs8PrivateKeyPem());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _directory.Dispose();
    }

    public static StockIdentity Owner => LazyOwner.Value;

    public static StockIdentity Thief => LazyThief.Value;

    public RSA Key { get; }

    public string CertificatePem { get; }

    public string CertificateFile => _directory.File("identity.crt");

    public string KeyFile => _directory.File("identity.pem");

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] Spki => Key.ExportSubjectPublicKeyInfo();
}
