using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Identity.Tests;

public sealed class RsaIdentityTests
{
    private static readonly DateTimeOffset Today = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Today);

    [Fact]
    public async Task A_new_identity_has_the_certificates_that_stock_nodes_make()
    {
        using RsaIdentity identity = await RsaIdentity.GenerateAsync(2048, CertificateForm.Stock, _time);
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(identity.Chain[0].Span), ca = X509CertificateLoader.LoadCertificate(identity.Chain[1].Span);
        using X509Certificate2 stockLeaf = Stock(0), stockCa = Stock(1);
        Assert.Equal(2, identity.Chain.Count);
        foreach ((X509Certificate2 ours, X509Certificate2 theirs) in (ValueTuple<X509Certificate2, X509Certificate2>[])[(leaf, stockLeaf), (ca, stockCa)])
        {
            Assert.Equal(theirs.Version, ours.Version);
            Assert.Equal(theirs.SignatureAlgorithm.Value, ours.SignatureAlgorithm.Value);
            Assert.Equal(WithoutId(theirs.Subject), WithoutId(ours.Subject));
            Assert.Equal(theirs.SubjectName.RawData.Length, ours.SubjectName.RawData.Length);
            Assert.Equal(theirs.NotAfter - theirs.NotBefore, ours.NotAfter - ours.NotBefore);
            Assert.Equal(theirs.Extensions.Select(Shape), ours.Extensions.Select(Shape));
            Assert.Equal(theirs.PublicKey.Oid.Value, ours.PublicKey.Oid.Value);
            // The key id is in the name and in the extension.
            string id = InfoHash.Of(ours.PublicKey.ExportSubjectPublicKeyInfo()).ToString();
            Assert.Contains(id, ours.Subject, StringComparison.Ordinal);
            Assert.Equal(id, ours.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier, ignoreCase: true);
        }

        Assert.Equal(Today, leaf.NotBefore.ToUniversalTime());
        Assert.Equal(leaf.IssuerName.RawData, ca.SubjectName.RawData);
        Assert.Equal(16, leaf.SerialNumber.Length);
        AssertSigned(leaf, ca);
        AssertSigned(ca, ca);
    }

    [Fact]
    public async Task The_seed_era_form_is_what_the_original_client_exported()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "alice_dht_identity.plain"));
        using RsaIdentity theirs = DhtIdentityBuffer.Import(original).Identity!;
        using RsaIdentity ours = await RsaIdentity.GenerateAsync(2048, CertificateForm.SelfSigned, _time);
        using X509Certificate2 mine = X509CertificateLoader.LoadCertificate(Assert.Single(ours.Chain).Span);
        using X509Certificate2 alices = X509CertificateLoader.LoadCertificate(Assert.Single(theirs.Chain).Span);
        Assert.Equal(alices.SignatureAlgorithm.Value, mine.SignatureAlgorithm.Value);
        Assert.Equal(WithoutId(alices.Subject), WithoutId(mine.Subject));
        Assert.Equal(alices.SubjectName.RawData.AsSpan(0, 39).ToArray(), mine.SubjectName.RawData.AsSpan(0, 39).ToArray());
        Assert.Equal(alices.Extensions.Select(Shape), mine.Extensions.Select(Shape));
        AssertSigned(mine, mine);
    }

    [Fact]
    public void Key_ids_are_those_that_stock_nodes_compute()
    {
        using RsaIdentity captured = TestIdentities.Captured("2412");
        Assert.Equal("43b880e8a394e696b487e9f00f6d78becdf4355a", captured.KeyId.ToString());
        Assert.Equal(4096, captured.Bits);
        using RsaIdentity newer = TestIdentities.Captured("431");
        Assert.Equal(LongId.Of(newer.PublicKey.Span), newer.LongId);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(newer.PublicKey.Span)), newer.LongId.ToString());
    }

    [Theory]
    [InlineData("2412")]
    [InlineData("431")]
    public void Certificate_data_is_what_a_stock_node_publishes(string version)
    {
        // The captured values hold the certificates of nodes whose keys were not kept; their form is the same as ours for the same chain.
        using RsaIdentity captured = TestIdentities.Captured(version);
        byte[] data = captured.CertificateData(), pem = Captures.CertificateFile($"r5-{version}-B.crt");
        Assert.Equal(Encoding.ASCII.GetString(pem), Encoding.ASCII.GetString(data.AsSpan(3)));
        Assert.Equal(Captures.CertificateData("2412")[0], data[0]);
        Assert.Equal(captured.PublicKey.ToArray(), CertificateReader.ReadKey(data));
    }

    [Fact]
    public void A_key_joins_only_its_own_certificate()
    {
        RsaIdentity alice = TestIdentities.Alice, bob = TestIdentities.Bob;
        using var key = RSA.Create();
        char[] pem = alice.ExportPkcs8Pem([]);
        key.ImportFromPem(pem);
        Assert.Null(RsaIdentity.Join(key, [bob.Chain[0].ToArray()]));
        Assert.Null(RsaIdentity.Join(key, []));
        Assert.Null(RsaIdentity.Join(key, [[1, 2, 3]]));
        Assert.Null(RsaIdentity.Join(key, [.. Enumerable.Repeat(alice.Chain[0].ToArray(), RsaIdentity.ChainMax + 1)]));
        Assert.Equal(alice.KeyId, RsaIdentity.Join(key, [alice.Chain[0].ToArray()])!.KeyId);
    }

    [Fact]
    public void What_an_identity_says_of_itself_is_no_secret()
    {
        Assert.Equal(TestIdentities.Alice.KeyId.ToString(), TestIdentities.Alice.ToString());
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    public void A_flipped_bit_anywhere_in_a_signed_value_is_refused(int bits)
    {
        using RsaIdentity owner = TestIdentities.Make(bits);
        var value = new NewSecureValue { Type = 3, UserType = "text/plain", Data = "Who changes this?"u8.ToArray() };
        byte[] packed = ValueSealer.Sign(owner, value, 0x0102030405060708, 300)!;
        var opener = new ValueOpener(null, new RsaVerifier(), new SecureCounters());
        Assert.Equal(OpenedAs.Verified, opener.Open(packed, default, out _));
        int asGood = 0;
        for (int bit = 0; bit < 8 * packed.Length; bit += bit % 8 == 4 ? 4 : 1)
        {
            byte[] changed = [.. packed];
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            if (opener.Open(changed, default, out VerifiedValue? opened) != OpenedAs.Verified) continue;
            // Only what the signature does not cover may change: the id (and its key: then it has none). It is not the owner's word.
            Assert.Equal(value.Data.ToArray(), opened!.Data.ToArray());
            Assert.Equal((value.Type, value.UserType, 300, owner.KeyId), (opened.Type, opened.UserType, opened.Seq, opened.OwnerId));
            Assert.NotEqual(0x0102030405060708UL, opened.Id);
            asGood++;
        }

        // Five bits of each of the eight bytes of the id.
        Assert.Equal(8 * 5, asGood);
    }

    private static void AssertSigned(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(issuer);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Today.UtcDateTime.AddDays(1);
        Assert.True(chain.Build(certificate), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
    }

    private static X509Certificate2 Stock(int place)
    {
        string pem = Encoding.ASCII.GetString(Captures.CertificateFile("r5-2412-B.crt"));
        Assert.Equal(IdentityFileStatus.Ok, CertificateChainReader.Read(pem, [], out IReadOnlyList<byte[]> chain));
        return X509CertificateLoader.LoadCertificate(chain[place]);
    }

    private static string WithoutId(string subject) => System.Text.RegularExpressions.Regex.Replace(subject, "[0-9a-f]{40}", "ID");

    // A subject key identifier differs from certificate to certificate; everything else of an extension is the form.
    private static (string? Oid, bool IsCritical, string Bytes) Shape(X509Extension extension) =>
        (extension.Oid?.Value, extension.Critical, extension is X509SubjectKeyIdentifierExtension ? "" : Convert.ToHexString(extension.RawData));
}
