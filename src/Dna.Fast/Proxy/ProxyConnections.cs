using System.Net;
using Dna.Fast.Kademlia.Store;
using Microsoft.AspNetCore.Connections;

namespace Dna.Fast.Proxy;

/// <summary>How many connections a proxy has, in all and of each source: whoever opens thousands and says nothing on them takes no other's place.</summary>
/// <remarks>Any thread. Counted before TLS, whose handshake costs more than everything else a stranger may ask for.</remarks>
internal sealed class ProxyConnections(ProxyGate gate, ProxyFigures figures)
{
    /// <summary>A listen holds its connection; beside those that may be open, so many serve short requests.</summary>
    private const int ShortMax = 2048;

    /// <summary>The same for one source: a browser has six, a stock client about three for each listen it begins at once.</summary>
    private const int ShortPerSource = 64;

    private readonly SourceQuota _open = new();

    /// <summary>Serves a connection to its end, or closes it where there are enough.</summary>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        ProxyLimits limits = gate.Limits;
        SourcePrefix source = SourcePrefix.Of(ProxyGate.AddressOf(connection.RemoteEndPoint as IPEndPoint));
        QuotaVerdict verdict = _open.Take(source, limits.Listens + ShortMax, limits.ListensPerSource == 0 ? 0 : limits.ListensPerSource + ShortPerSource);
        if (verdict != QuotaVerdict.Taken)
        {
            figures.Add(verdict == QuotaVerdict.Full ? ProxyCounter.RefusedConnections : ProxyCounter.RefusedConnectionsSource);
            connection.Abort();
            return;
        }

        figures.Connections = _open.All;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _open.Give(source);
            figures.Connections = _open.All;
        }
    }
}
