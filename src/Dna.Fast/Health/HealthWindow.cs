namespace Dna.Fast.Health;

/// <summary>Numbers that only rise, sampled every few seconds, so that one can say what they did lately.</summary>
internal sealed class HealthWindow
{
    /// <summary>How far back one can look.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    private readonly Queue<Sample> _samples = new();
    private Sample _last;

    /// <param name="Ms">Monotonic time of the sample.</param>
    /// <param name="UnixMs">Calendar time of the sample.</param>
    /// <param name="Answered">Requests answered since the start.</param>
    /// <param name="Expired">Requests that ran out since the start.</param>
    public readonly record struct Sample(long Ms, long UnixMs, long Answered, long Expired);

    public void Add(in Sample sample)
    {
        while (_samples.TryPeek(out Sample oldest) && sample.Ms - oldest.Ms > Length.TotalMilliseconds) _samples.Dequeue();
        _samples.Enqueue(sample);
        _last = sample;
    }

    /// <summary>What was answered and what ran out within this time before the last sample, to the grain of the samples.</summary>
    public (long Answered, long Expired) Since(TimeSpan before)
    {
        foreach (Sample sample in _samples)
        {
            if (_last.Ms - sample.Ms <= before.TotalMilliseconds) return (_last.Answered - sample.Answered, _last.Expired - sample.Expired);
        }

        return default;
    }

    /// <summary>How far the calendar went from the monotonic clock within the window: positive when it jumped ahead.</summary>
    public TimeSpan ClockJump()
    {
        if (!_samples.TryPeek(out Sample oldest)) return TimeSpan.Zero;
        return TimeSpan.FromMilliseconds(_last.UnixMs - oldest.UnixMs - (_last.Ms - oldest.Ms));
    }
}
