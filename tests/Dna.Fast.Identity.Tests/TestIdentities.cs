using System.Security.Cryptography;

namespace Dna.Fast.Identity.Tests;

/// <summary>Identities that tests share: making a key takes its time.</summary>
internal static class TestIdentities
{
    public static RsaIdentity Alice { get; } = Make();

    public static RsaIdentity Bob { get; } = Make();

    /// <summary>The recipient of the captured encrypted values; "2412" or "431".</summary>
    public static RsaIdentity Captured(string version)
    {
        var key = RSA.Create();
        key.ImportFromPem(System.Text.Encoding.ASCII.GetString(Captures.CertificateFile($"r5-{version}-B.key.pem")));
        string chain = System.Text.Encoding.ASCII.GetString(Captures.CertificateFile($"r5-{version}-B.crt"));
        Assert.Equal(IdentityFileStatus.Ok, CertificateChainReader.Read(chain, [], out IReadOnlyList<byte[]> certificates));
        return RsaIdentity.Join(key, certificates)!;
    }

    public static RsaIdentity Make(int bits = 2048)
    {
        var key = RSA.Create(bits);
        return RsaIdentity.Join(key, IdentityCertificates.SelfSigned(key, TimeProvider.System))!;
    }
}
