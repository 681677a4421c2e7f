namespace Dna.Fast.Messenger;

/// <summary>The end of a call that consists of several steps: each gets what is left.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _length;

    public Deadline(TimeProvider time, TimeSpan length)
    {
        _time = time;
        _start = time.GetTimestamp();
        _length = length;
    }

    /// <summary>What is left, at least zero.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _length - _time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
