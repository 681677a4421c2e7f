using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting.Traffic;

/// <summary>Counts the traffic of a month over restarts, and turns the node soft before it is used up. Any thread.</summary>
/// <remarks>
/// Soft mode begins at nine tenths of the month. Values that do not fit one datagram are then neither handed out nor taken, and nobody is listened for; and as many requests a second are
/// answered as what is left pays for until the month ends. Pings, searches for nodes, small values and the node's own requests go on, so that the network keeps it.
/// </remarks>
/// <param name="count">A counter's sum over the node and its sockets.</param>
/// <param name="apply">Told the rates that hold now, and whether the node is soft.</param>
/// <param name="path">Of a <see cref="TrafficFile"/>.</param>
internal sealed class TrafficBudget(Func<Counter, long> count, Action<RateLimits, bool> apply, string path, TrafficLimit limit, RateLimits rates, ILogger log, TimeProvider time)
{
    /// <summary>IPv6 and UDP headers of a datagram, in bytes. IPv4's are 20 less: a provider's count is never more than ours by that.</summary>
    private const int HeaderBytes = 48;

    /// <summary>A request with its answer, headers included, in bytes; most are half of it.</summary>
    private const int RequestBytes = 1024;

    /// <summary>Requests a second that are answered however little is left: fewer, and the network takes the node for dead. Over a month, some 40 GB at the most.</summary>
    private const int RequestsMin = 16;

    private const double SoftShare = 0.9;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    /// <summary>What a node that is killed forgets at most.</summary>
    private const int LooksPerSave = 6;

    private readonly Lock _lock = new();
    private TrafficLimit _limit = limit;
    private RateLimits _rates = rates;
    private DateTimeOffset _begin;
    private long _used;
    private long _seen;
    private bool _isSoft;
    private bool _isRead;
    private (RateLimits? Rates, bool IsSoft) _applied;

    public TrafficFigures Figures
    {
        get
        {
            lock (_lock) return new TrafficFigures(_used, _limit.Bytes, _isSoft);
        }
    }

    /// <summary>The month's traffic; a new one holds at once.</summary>
    public TrafficLimit Limit
    {
        set
        {
            lock (_lock) _limit = value;
            Look();
        }
    }

    /// <summary>The rates that hold while the node is not soft, and bound it when it is.</summary>
    public RateLimits Rates
    {
        set
        {
            lock (_lock) _rates = value;
            Look();
        }
    }

    /// <summary>Looks every ten seconds and saves every minute, until cancelled; saves at the end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        int looks = 0;
        using var timer = new PeriodicTimer(LookInterval, time);
        Look();
        await Background.EveryAsync(
            timer,
            () =>
            {
                Look();
                if (++looks % LooksPerSave == 0) Save();
            },
            log, cancellation).ConfigureAwait(false);
    }

    /// <summary>Counts what came and went since the last look, and decides.</summary>
    public void Look()
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            Read(now);
            long total = count(Counter.BytesIn) + count(Counter.BytesOut) + HeaderBytes * (count(Counter.DatagramsIn) + count(Counter.DatagramsOut));
            _used += total - _seen;
            _seen = total;
            DateTimeOffset begin = _limit.Begin(now);
            // A clock that was set back a little begins no month anew.
            if (begin > _begin) (_begin, _used) = (begin, 0);
            bool isSoft = _limit.Bytes > 0 && _used >= SoftShare * _limit.Bytes;
            if (isSoft != _isSoft)
            {
                _isSoft = isSoft;
                if (isSoft) log.TrafficSoft(_used, _limit.Bytes);
                else log.TrafficNormal(_used, _limit.Bytes);
            }

            RateLimits rates = isSoft ? _rates with { Global = Pace(now) } : _rates;
            if ((rates, isSoft) == _applied) return;
            _applied = (rates, isSoft);
            apply(rates, isSoft);
        }
    }

    /// <summary>Writes the file; a failure is logged and forgotten.</summary>
    public void Save()
    {
        try
        {
            lock (_lock) TrafficFile.Write(path, _begin, _used);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.TrafficNotSaved(failure.Message);
        }
    }

    private void Read(DateTimeOffset now)
    {
        if (_isRead) return;
        _isRead = true;
        if (!TrafficFile.TryRead(path, out _begin, out _used)) (_begin, _used) = (_limit.Begin(now), 0);
    }

    private int Pace(DateTimeOffset now)
    {
        double left = Math.Max(0, _limit.Bytes - _used), seconds = Math.Max(1, (_limit.End(now) - now).TotalSeconds);
        int pace = Math.Max(RequestsMin, (int)Math.Min(left / seconds / RequestBytes, int.MaxValue));
        return _rates.Global > 0 ? Math.Min(_rates.Global, pace) : pace;
    }
}
