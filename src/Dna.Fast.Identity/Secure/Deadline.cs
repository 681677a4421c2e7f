namespace Dna.Fast.Identity;

/// <summary>One deadline over several steps.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan length)
{
    /// <summary>The longest wait handed on: timers take no more than 49 days, and nobody waits for half of that.</summary>
    private static readonly TimeSpan LengthMax = TimeSpan.FromDays(24);

    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan _length = length < LengthMax ? length : LengthMax;

    /// <summary>What is left; from 0 to 24 days.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan passed = time.GetElapsedTime(_start);
            return _length > passed ? _length - passed : TimeSpan.Zero;
        }
    }
}
