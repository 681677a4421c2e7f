namespace Dna.Fast.Messenger;

/// <summary>How a <see cref="PublishQueue"/> paces itself (DNA layer, section 15.3 and pain rows 19, 20 and 24).</summary>
public sealed record PublishOptions
{
    /// <summary>Items that have not ended; the next one is refused (section 15.3).</summary>
    public int ItemsMax { get; init; } = 256;

    /// <summary>Tries on their way at a time: each is a search and up to eight puts.</summary>
    public int InFlightMax { get; init; } = 4;

    /// <summary>What lies between two tries in a long row: 20 tries a second are some 500 datagrams, half of what peers allow one address.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Tries that may begin at once after a pause.</summary>
    public int Burst { get; init; } = 8;

    /// <summary>The most that lies between two tries, after failures in a row.</summary>
    public TimeSpan PaceMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pauses before the second, third and further tries (section 15.3); a quarter of each, more or less, is chance. So many tries follow the first one.</summary>
    public IReadOnlyList<TimeSpan> RetryPauses { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>The longest pause of a record that is kept: it is tried until it is told to stop.</summary>
    public TimeSpan KeptPauseMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Records that are kept begin within this time after a start, by chance: not all devices at once after all were updated.</summary>
    public TimeSpan RestoreWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long disposing waits for what is on its way.</summary>
    public TimeSpan DrainWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the list of kept records lies; null keeps it in memory.</summary>
    public string? KeptFile { get; init; }

    /// <summary>Tries wait for it; null: they do not wait.</summary>
    public IReadiness? Readiness { get; init; }

    /// <summary>Chance, from 0 to below 1.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;
}
