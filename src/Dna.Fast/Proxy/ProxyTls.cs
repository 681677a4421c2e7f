using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dna.Fast.Identity;
using Dna.Fast.Logging;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Proxy;

/// <summary>The certificate a proxy shows: TLS 1.2 and up; a new one counts for connections that come after it.</summary>
/// <remarks>Read from one thread at a time.</remarks>
internal sealed class ProxyTls
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private SslServerAuthenticationOptions _options = new();

    /// <summary>Reads certificate and key, and uses them from now on.</summary>
    /// <returns>Null; or for people why they are not used, and what was in use stays in use.</returns>
    public string? TryRead(string certificateFile, string keyFile, ILogger log)
    {
        try
        {
            if (PrivateFile.IsOpenToOthers(keyFile)) return $"others can read the private key in {keyFile}: say chmod 600 {keyFile}";
            string chain = File.ReadAllText(certificateFile);
            var certificate = X509Certificate2.CreateFromPem(chain, File.ReadAllText(keyFile));
            var others = new X509Certificate2Collection();
            others.ImportFromPem(chain);
            // Offline: which certificates are sent is what the file says, and no server of somebody else is asked.
            var context = SslStreamCertificateContext.Create(certificate, others, offline: true);
            Volatile.Write(ref _options, new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            });
            log.ProxyCertificateUsed(certificateFile, certificate.NotAfter.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture));
            return null;
        }
        catch (Exception refusal) when (refusal is CryptographicException or ArgumentException)
        {
            return $"the key in {keyFile} does not fit the certificate in {certificateFile}, or one of them is no PEM: {refusal.Message}";
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return "the certificate cannot be read: " + refusal.Message;
        }
    }

    /// <summary>Makes an address speak TLS.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = HandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(Volatile.Read(ref _options)),
    });
}
