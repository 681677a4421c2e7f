using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dna.Fast.Proxy;

namespace Dna.Fast.Tests.Proxy;

public sealed class ProxyTlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dna-tls-").FullName;

    private string Certificate => Path.Combine(_directory, "proxy.crt");

    private string Key => Path.Combine(_directory, "proxy.key");

    private ProxySettings Settings => new() { CertificateFile = Certificate, KeyFile = Key, Limits = ProxyBench.Generous };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task It_speaks_TLS_12_and_13_and_nothing_older()
    {
        WritePair("one");
        await using ProxyBench bench = await ProxyBench.StartAsync(settings: Settings);
        Assert.StartsWith("https://", bench.Node.Watch.Report.Proxy[0], StringComparison.Ordinal);
        Assert.Equal("CN=one", await SubjectAsync(bench, SslProtocols.Tls12));
        Assert.Equal("CN=one", await SubjectAsync(bench, SslProtocols.Tls13));
#pragma warning disable SYSLIB0039, CA5397 // That old versions are refused is what is asked.
        await Assert.ThrowsAnyAsync<Exception>(() => SubjectAsync(bench, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task A_new_certificate_is_used_after_a_reload_and_one_that_does_not_fit_is_not()
    {
        WritePair("one");
        await using ProxyBench bench = await ProxyBench.StartAsync(settings: Settings);
        WritePair("two");
        bench.Node.Watch.ReloadProxy(Settings);
        Assert.Equal("CN=two", await SubjectAsync(bench));
        WriteKey(RSA.Create(2048));
        bench.Node.Watch.ReloadProxy(Settings);
        Assert.Equal("CN=two", await SubjectAsync(bench));
    }

    [Fact]
    public async Task A_key_that_does_not_fit_or_that_others_can_read_is_an_error_of_the_start_that_says_so()
    {
        WritePair("one");
        WriteKey(RSA.Create(2048));
        IOException failure = await Assert.ThrowsAsync<IOException>(() => ProxyBench.StartAsync(settings: Settings));
        Assert.Contains("does not fit the certificate", failure.Message, StringComparison.Ordinal);
        WritePair("one");
        SetMode(Key, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        failure = await Assert.ThrowsAsync<IOException>(() => ProxyBench.StartAsync(settings: Settings));
        Assert.Contains("others can read the private key", failure.Message, StringComparison.Ordinal);
        File.Delete(Certificate);
        SetMode(Key, UnixFileMode.UserRead);
        failure = await Assert.ThrowsAsync<IOException>(() => ProxyBench.StartAsync(settings: Settings));
        Assert.Contains("the certificate cannot be read", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> SubjectAsync(ProxyBench bench, SslProtocols protocol = SslProtocols.None)
    {
        string subject = "";
#pragma warning disable CA5359 // The test looks at the certificate by itself.
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    subject = certificate!.Subject;
                    return true;
                },
            },
        };
#pragma warning restore CA5359
        using var client = new HttpClient(handler) { Timeout = ProxyBench.Patience };
        await client.GetStringAsync(new Uri(bench.Client.BaseAddress!, "/node/info"));
        return subject;
    }

    private void WritePair(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        WriteKey(key);
    }

    private void WriteKey(AsymmetricAlgorithm key)
    {
        File.Delete(Key);
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        SetMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
