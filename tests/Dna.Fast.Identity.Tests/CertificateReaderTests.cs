using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;

namespace Dna.Fast.Identity.Tests;

public sealed class CertificateReaderTests
{
    private static readonly X509Certificate2 Authority = Create("authority", RSA.Create(2048), null);
    private static readonly RSA LeafKey = RSA.Create(2048);
    private static readonly X509Certificate2 Leaf = Create("leaf", LeafKey, Authority);
    private static readonly byte[] LeafSpki = LeafKey.ExportSubjectPublicKeyInfo();

    [Theory]
    [InlineData("2412", "r5-2412")]
    [InlineData("431", "r5-431")]
    public void A_captured_certificate_value_gives_its_leafs_key(string capture, string name)
    {
        byte[] data = Captures.CertificateData(capture);
        byte[]? key = CertificateReader.ReadKey(data);
        Assert.NotNull(key);
        Assert.True(RsaPublicKey.TryRead(key, out _), name);
        // The first certificate of the chain, as the framework reads it.
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(data.AsSpan(3)));
        Assert.Equal(leaf.PublicKey.ExportSubjectPublicKeyInfo(), key);
    }

    [Theory]
    [InlineData("r5-2412-A.crt")]
    [InlineData("r5-2412-B.crt")]
    [InlineData("r5-431-A.crt")]
    [InlineData("r5-431-B.crt")]
    public void Certificate_files_of_stock_nodes_give_their_leafs_key(string file)
    {
        byte[] pem = Captures.CertificateFile(file);
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem));
        Assert.Equal(leaf.PublicKey.ExportSubjectPublicKeyInfo(), CertificateReader.ReadKey(pem));
    }

    [Fact]
    public void All_forms_stock_takes_are_read_and_the_others_are_not()
    {
        byte[] chain = Encoding.ASCII.GetBytes(Leaf.ExportCertificatePem() + "\n" + Authority.ExportCertificatePem() + "\n");
        Assert.Equal(LeafSpki, CertificateReader.ReadKey(chain));
        Assert.Equal(LeafSpki, CertificateReader.ReadKey(Wrap(chain)));
        Assert.Equal(LeafSpki, CertificateReader.ReadKey([.. "junk before it\n"u8, .. chain]));
        Assert.Equal(LeafSpki, CertificateReader.ReadKey(Leaf.RawData));
        Assert.Null(CertificateReader.ReadKey(Wrap(Leaf.RawData)));
        Assert.Null(CertificateReader.ReadKey([.. Leaf.RawData, 0]));
        Assert.Null(CertificateReader.ReadKey([]));
        Assert.Null(CertificateReader.ReadKey("-----BEGIN CERTIFICATE-----"u8));
        Assert.Null(CertificateReader.ReadKey("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----"u8));
        Assert.Null(CertificateReader.ReadKey(LeafSpki));
    }

    [Fact]
    public void Any_kind_of_key_is_read()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=curve", ecdsa, HashAlgorithmName.SHA384);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        Assert.Equal(ecdsa.ExportSubjectPublicKeyInfo(), CertificateReader.ReadKey(certificate.RawData));
    }

    [Fact]
    public void Damaged_certificates_never_throw_and_give_no_key_when_cut()
    {
        byte[] der = Leaf.RawData;
        for (int length = 0; length < der.Length; length++) Assert.Null(CertificateReader.ReadKey(der.AsSpan(0, length)));
        byte[] wrapped = Wrap(Encoding.ASCII.GetBytes(Leaf.ExportCertificatePem()));
        Gen.Select(Gen.Int[0, wrapped.Length - 1], Gen.Byte).Sample((at, with) =>
        {
            byte[] changed = [.. wrapped];
            changed[at] = with;
            CertificateReader.ReadKey(changed);
        });
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.Null(CertificateReader.ReadKey(bytes)));
    }

    private static byte[] Wrap(byte[] data)
    {
        byte[] wrapped = [0xC5, 0, 0, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(wrapped.AsSpan(1), (ushort)data.Length);
        return wrapped;
    }

    private static X509Certificate2 Create(string name, RSA key, X509Certificate2? issuer)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        DateTimeOffset from = DateTimeOffset.UnixEpoch, to = from.AddYears(1);
        return issuer is null ? request.CreateSelfSigned(from, to) : request.Create(issuer, from, to, [1, 2, 3]);
    }
}
