namespace Dna.Fast.Identity;

/// <summary>One deadline over several steps.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan length)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = length - time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
