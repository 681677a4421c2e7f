namespace Dna.Fast.Hosting.Traffic;

/// <summary>How much traffic a month has.</summary>
/// <param name="Bytes">IP traffic, in and out together; 0: no limit.</param>
/// <param name="MonthDay">Day on which a month begins, at 00:00 UTC; 1 to 28.</param>
internal readonly record struct TrafficLimit(long Bytes, int MonthDay)
{
    /// <summary>When the month that is now began.</summary>
    public DateTimeOffset Begin(DateTimeOffset now)
    {
        DateTimeOffset utc = now.ToUniversalTime();
        var begin = new DateTimeOffset(utc.Year, utc.Month, Math.Max(MonthDay, 1), 0, 0, 0, TimeSpan.Zero);
        return begin <= utc ? begin : begin.AddMonths(-1);
    }

    /// <summary>When the next one begins.</summary>
    public DateTimeOffset End(DateTimeOffset now) => Begin(now).AddMonths(1);
}

/// <summary>How a month stands.</summary>
/// <param name="Used">Bytes of IP traffic since it began, as far as a node ran.</param>
/// <param name="Limit">Bytes it has; 0: no limit.</param>
/// <param name="IsSoft">Only what is cheap is served.</param>
internal readonly record struct TrafficFigures(long Used, long Limit, bool IsSoft);
