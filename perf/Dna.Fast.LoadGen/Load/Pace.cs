namespace Dna.Fast.LoadGen.Load;

/// <summary>When requests are to be sent. One thread.</summary>
/// <remarks>
/// Closed loop: whenever a window has room; a slow node is asked less. Open loop: request n is intended for start + n / rate, whatever the
/// node does, and its latency counts from then: a request that had to wait for its turn was slow for whoever wanted it.
/// </remarks>
internal sealed class Pace
{
    private readonly double _periodNs;
    private readonly long _startNs;
    private long _taken;

    private Pace(long startNs, double periodNs)
    {
        _startNs = startNs;
        _periodNs = periodNs;
    }

    /// <summary>A closed loop.</summary>
    public static Pace Closed() => new(0, 0);

    /// <summary>An open loop.</summary>
    /// <param name="startNs">Intended time of the first request, nanoseconds of the caller's clock.</param>
    /// <param name="ratePerSecond">Requests per second, above 0.</param>
    public static Pace Open(long startNs, double ratePerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratePerSecond);
        return new Pace(startNs, 1e9 / ratePerSecond);
    }

    public bool IsOpen => _periodNs > 0;

    /// <summary>Intended time of the next request; in a closed loop: at once.</summary>
    public long NextNs => IsOpen ? _startNs + (long)(_taken * _periodNs) : 0;

    /// <summary>Requests whose time has come and that were not taken.</summary>
    public int Due(long nowNs)
    {
        if (!IsOpen) return int.MaxValue;
        if (nowNs < NextNs) return 0;
        double until = Math.Floor((nowNs - _startNs) / _periodNs) + 1;
        return (int)Math.Clamp(until - _taken, 1, int.MaxValue);
    }

    /// <summary>Takes one due request.</summary>
    /// <returns>Its intended time.</returns>
    public long Take(long nowNs)
    {
        if (!IsOpen) return nowNs;
        long intended = NextNs;
        _taken++;
        return intended;
    }
}
