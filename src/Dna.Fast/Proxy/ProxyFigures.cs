using System.Globalization;
using Dna.Fast.Hosting;
using Dna.Fast.Metrics;

namespace Dna.Fast.Proxy;

/// <summary>What a REST proxy counts.</summary>
internal enum ProxyCounter
{
    RequestInfo,
    RequestStats,
    RequestGet,
    RequestPut,
    RequestListen,
    RequestSign,
    RequestEncrypt,
    RequestOptions,
    RequestPush,
    RequestDocument,

    /// <summary>No token, or a wrong one.</summary>
    RefusedToken,

    /// <summary>A name for the loopback that is none of ours.</summary>
    RefusedHost,
    RefusedRate,
    RefusedRateSource,

    /// <summary>Connections beyond those there may be.</summary>
    RefusedConnections,
    RefusedConnectionsSource,

    /// <summary>Connections that came faster than two for each request that may come.</summary>
    RefusedConnectionsRate,

    /// <summary>A request line or headers that are too large.</summary>
    RefusedHead,

    /// <summary>A head that came too slowly.</summary>
    RefusedSlowHead,

    /// <summary>No HTTP.</summary>
    RefusedMalformed,

    /// <summary>A body that is too large.</summary>
    RefusedBody,

    /// <summary>A body that came too slowly, or broke off.</summary>
    RefusedSlowBody,

    /// <summary>No value object, or one that cannot be put.</summary>
    RefusedValue,
    RefusedListens,
    RefusedListensSource,
    RefusedPermanentPuts,
    RefusedPermanentPutsSource,

    /// <summary>A push notification, or a signature without an identity: what this proxy does not do.</summary>
    RefusedUnsupported,

    /// <summary>The network did not take a put, or did not answer.</summary>
    RefusedNetwork,

    /// <summary>Streams that ended because the client went, or the node.</summary>
    StreamDone,

    /// <summary>Streams that ended because their client read too slowly.</summary>
    StreamSlow,

    /// <summary>Streams that ended because all of them together had too much to send.</summary>
    StreamFull,

    ValueIn,
    ValueOut,

    /// <summary>Permanent puts whose 24 hours were over.</summary>
    PermanentExpired,
}

/// <summary>The figures of a REST proxy. Any thread; nothing but zeros while there is none.</summary>
internal sealed class ProxyFigures
{
    /// <summary>Statuses that are counted apart; the last one stands for all others.</summary>
    private static readonly int[] Statuses = [200, 400, 401, 404, 405, 413, 421, 429, 501, 502, 503, 504, 500];

    private readonly long[] _counts = new long[Enum.GetValues<ProxyCounter>().Length];
    private readonly long[] _answers = new long[Statuses.Length];
    private int _streams;
    private int _permanentPuts;
    private int _connections;

    public long this[ProxyCounter counter] => Volatile.Read(ref _counts[(int)counter]);

    /// <summary>Open listen streams.</summary>
    public int Listens
    {
        get => Volatile.Read(ref _streams);
        set => Volatile.Write(ref _streams, value);
    }

    /// <summary>Open connections.</summary>
    public int Connections
    {
        get => Volatile.Read(ref _connections);
        set => Volatile.Write(ref _connections, value);
    }

    /// <summary>Values announced for others.</summary>
    public int PermanentPuts
    {
        get => Volatile.Read(ref _permanentPuts);
        set => Volatile.Write(ref _permanentPuts, value);
    }

    /// <summary>Requests that were let in.</summary>
    public long Requests => Enum.GetValues<ProxyCounter>().Where(counter => counter.ToString().StartsWith("Request", StringComparison.Ordinal)).Sum(counter => this[counter]);

    public void Add(ProxyCounter counter) => Interlocked.Increment(ref _counts[(int)counter]);

    /// <summary>A request got an answer of this status.</summary>
    public void AddAnswer(int status)
    {
        int place = Array.IndexOf(Statuses, status);
        Interlocked.Increment(ref _answers[place < 0 ? ^1 : place]);
    }

    /// <summary>Writes the <c>dna_proxy_</c> families.</summary>
    public void Write(PrometheusText text)
    {
        Write(text, "dna_proxy_requests_total", "Requests to the REST proxy that were let in, by kind.", "kind", "Request");
        text.Counter("dna_proxy_answers_total", "Answers of the REST proxy, by HTTP status; a stream counts when it ends.");
        for (int i = 0; i < Statuses.Length; i++) text.Sample(Volatile.Read(ref _answers[i]), ("status", Statuses[i].ToString(CultureInfo.InvariantCulture)));
        Write(text, "dna_proxy_refused_total", "Requests the REST proxy refused or could not fulfil, by reason.", "reason", "Refused");
        Write(text, "dna_proxy_values_total", "Values through the REST proxy: in are put, out are told.", "direction", "Value");
        text.Gauge("dna_proxy_connections", "Open connections of the REST proxy.").Sample(Connections);
        text.Gauge("dna_proxy_listens", "Open listen streams of the REST proxy.").Sample(Listens);
        Write(text, "dna_proxy_streams_ended_total", "Streams of the REST proxy that ended: done, or cut off because the client was slow or all together had too much to send.", "reason", "Stream");
        text.Gauge("dna_proxy_permanent_puts", "Values the REST proxy announces for others.").Sample(PermanentPuts);
        text.Counter("dna_proxy_permanent_puts_expired_total", "Permanent puts of the REST proxy that nobody renewed within 24 hours.").Sample(this[ProxyCounter.PermanentExpired]);
    }

    private void Write(PrometheusText text, string name, string help, string label, string prefix)
    {
        text.Counter(name, help);
        foreach (ProxyCounter counter in Enum.GetValues<ProxyCounter>())
        {
            string member = counter.ToString();
            if (member.StartsWith(prefix, StringComparison.Ordinal)) text.Sample(this[counter], (label, StatusReport.SnakeCase(member[prefix.Length..])));
        }
    }
}
