using System.Net;
using Dna.Fast.Kademlia.Store;
using Microsoft.AspNetCore.Connections;

namespace Dna.Fast.Proxy;

/// <summary>How many connections a proxy has, in all and of each source: whoever opens thousands and says nothing on them takes no other's place.</summary>
/// <remarks>Any thread. Counted before TLS, whose handshake costs more than everything else a stranger may ask for.</remarks>
/// <param name="descriptors">How many files and sockets the process may have open.</param>
internal sealed class ProxyConnections(ProxyGate gate, ProxyFigures figures, int descriptors, TimeProvider time)
{
    /// <summary>A listen holds its connection; beside those that may be open, so many serve short requests.</summary>
    private const int ShortMax = 2048;

    /// <summary>The same for one source: a browser has six, a stock client about three for each listen it begins at once.</summary>
    private const int ShortPerSource = 64;

    /// <summary>Of what may be open, half: the rest is the store's, and the node's own.</summary>
    private const int PartOfDescriptors = 2;

    /// <summary>New connections a second, for each request that may come: who opens one for each is told 429, and who only opens them costs no more handshakes.</summary>
    private const int PerRequest = 2;

    private readonly SourceQuota _open = new();
    private readonly SourceRates _rates = new(time);

    /// <summary>Serves a connection to its end, or closes it where there are enough.</summary>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        ProxyLimits limits = gate.Limits;
        SourcePrefix source = SourcePrefix.Of(ProxyGate.AddressOf(connection.RemoteEndPoint as IPEndPoint));
        if (_rates.Take(source, limits.RequestsPerSecond * PerRequest, limits.RequestsPerSource * PerRequest) != QuotaVerdict.Taken)
        {
            figures.Add(ProxyCounter.RefusedConnectionsRate);
            connection.Abort();
            return;
        }

        QuotaVerdict verdict = _open.Take(source, Math.Min(limits.Listens + ShortMax, descriptors / PartOfDescriptors), limits.ListensPerSource == 0 ? 0 : limits.ListensPerSource + ShortPerSource);
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
