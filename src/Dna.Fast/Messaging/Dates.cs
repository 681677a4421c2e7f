using System.Globalization;

namespace Dna.Fast.Messaging;

/// <summary>Times of records as people read them, in UTC. Strangers write them: any number has a text.</summary>
internal static class Dates
{
    private static readonly ulong Latest = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <param name="unixSeconds">Seconds since 1970; later than the year 9999 is that year's end.</param>
    public static string Day(ulong unixSeconds) => At(unixSeconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Day"/>
    public static string Second(ulong unixSeconds) => At(unixSeconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(ulong unixSeconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(unixSeconds, Latest));
}
