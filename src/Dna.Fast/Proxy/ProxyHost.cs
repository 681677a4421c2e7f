using Dna.Fast.Hosting;
using Dna.Fast.Http;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Proxy;

/// <summary>A running REST proxy: its own server on its own addresses, so that an operator can offer it without offering status page and metrics.</summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ProxyGate _gate;
    private readonly PermanentPuts _puts;
    private readonly ProxySigner? _signer;
    private readonly ProxyTls? _tls;
    private readonly ILogger _log;
    private HttpServer? _server;

    private ProxyHost(ProxyGate gate, PermanentPuts puts, ProxySigner? signer, ProxyTls? tls, ILogger log)
    {
        _gate = gate;
        _puts = puts;
        _signer = signer;
        _tls = tls;
        _log = log;
    }

    /// <summary>The addresses that are bound, each <c>http://ADDRESS:PORT</c>, or <c>https</c>.</summary>
    public IReadOnlyList<string> Bound => _server!.Bound;

    /// <summary>Opens a proxy for a node.</summary>
    /// <param name="settings">With at least one address.</param>
    /// <exception cref="IOException">An address cannot be bound, or certificate or identity cannot be used.</exception>
    public static async Task<ProxyHost> OpenAsync(Node node, WorkerGroup workers, IValueStore store, ProxySettings settings, ProxyFigures figures, ILogger log, TimeProvider time)
    {
        ProxyTls? tls = settings.CertificateFile is { } certificate ? OpenTls(certificate, settings.KeyFile!, log) : null;
        var dht = new Dht(node, time);
        ProxySigner? signer = settings.Identity is { } files ? new ProxySigner(dht, OpenIdentity(files), node.Context.Verifier, time) : null;
        var gate = new ProxyGate(figures, time) { Limits = settings.Limits };
        var puts = new PermanentPuts(dht, figures, time);
        var host = new ProxyHost(gate, puts, signer, tls, log);
        var routes = new ProxyRoutes(
            new ProxyInfo(node, workers, store, figures, time),
            new ProxyReads(node, dht, gate, figures, time, host._end.Token),
            new ProxyWrites(dht, signer, node.Context.Verifier, puts, gate, figures),
            puts, signer?.KeyId, figures);
        try
        {
            host._server = await HttpServer.OpenAsync(settings.Listen, [routes], log, new HttpServerOptions
            {
                Connection = new ProxyConnections(gate, figures, Descriptors.Raise(), time).InvokeAsync,
                BadRequest = status => figures.Add(ReasonOf(status)),
                BodyBytesMax = ProxyAnswer.BodyBytesMax,
                Gate = gate.InvokeAsync,
                // The gate does, where pages of the web are to be kept away.
                ChecksHost = false,
                Tls = tls is null ? null : tls.Use,
            }).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes new limits, and reads the certificate anew where there was one.</summary>
    public void Reload(ProxySettings settings)
    {
        _gate.Limits = settings.Limits;
        if (_tls is null || settings.CertificateFile is not { } certificate) return;
        if (_tls.TryRead(certificate, settings.KeyFile!, _log) is { } problem) Logging.Log.ProxyCertificateRefused(_log, problem);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _puts.Dispose();
        _signer?.Dispose();
        _end.Dispose();
    }

    private static ProxyCounter ReasonOf(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => ProxyCounter.RefusedSlowHead,
        StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge => ProxyCounter.RefusedHead,
        _ => ProxyCounter.RefusedMalformed,
    };

    private static ProxyTls OpenTls(string certificate, string key, ILogger log)
    {
        var tls = new ProxyTls();
        return tls.TryRead(certificate, key, log) is { } problem ? throw new IOException("proxy: " + problem) : tls;
    }

    private static RsaIdentity OpenIdentity(string files)
    {
        IdentityFileResult read = RsaIdentityFiles.Load(files, "");
        return read.Identity ?? throw new IOException($"proxy: the identity {files} cannot be used: {read.Message}");
    }
}
