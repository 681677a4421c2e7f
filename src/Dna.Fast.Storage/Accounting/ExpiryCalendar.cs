namespace Dna.Fast.Storage.Accounting;

/// <summary>How many values expire when, roughly: so that the keeper knows without looking whether a sweep finds anything.</summary>
/// <remarks>
/// Any thread. Two rings of counters: values that live two hours or less by the minute, others by the hour for almost two years. What lies beyond the
/// ring wraps around; a sweep that comes too early for it finds nothing and costs only time.
/// </remarks>
internal sealed class ExpiryCalendar
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long ShortMs = 2 * HourMs;
    private const int Minutes = 256;
    private const int Hours = 1 << 14;

    // One row: first the minutes, then the hours.
    private readonly int[] _counts = new int[Minutes + Hours];

    /// <summary>Number of counters.</summary>
    public int Cells => _counts.Length;

    public int this[int cell]
    {
        get => Volatile.Read(ref _counts[cell]);
        set => Volatile.Write(ref _counts[cell], value);
    }

    public void Add(long createdUnixMs, long expiresUnixMs, int count)
    {
        if (expiresUnixMs != long.MaxValue) Interlocked.Add(ref _counts[CellOf(createdUnixMs, expiresUnixMs)], count);
    }

    /// <summary>Values whose minute or hour is over. At most the last ring's worth of time before now is looked at.</summary>
    public long Expired(long nowUnixMs)
    {
        // A ring is half past and half future: a value is cleaned away long before half a ring has gone by.
        long minute = nowUnixMs / MinuteMs, hour = nowUnixMs / HourMs, expired = 0;
        for (int back = 1; back <= Minutes - (int)(ShortMs / MinuteMs) - 2; back++) expired += Math.Max(0, this[Cell(minute - back, Minutes)]);
        for (int back = 1; back <= Hours / 16; back++) expired += Math.Max(0, this[Minutes + Cell(hour - back, Hours)]);
        return expired;
    }

    private static int CellOf(long createdUnixMs, long expiresUnixMs) =>
        expiresUnixMs - createdUnixMs <= ShortMs
            ? Cell(expiresUnixMs / MinuteMs, Minutes)
            : Minutes + Cell(expiresUnixMs / HourMs, Hours);

    private static int Cell(long number, int ring) => (int)(number & (ring - 1));
}
