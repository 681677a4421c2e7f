namespace Dna.Fast.Messenger;

/// <summary>The end of a call that consists of several steps: each gets what is left.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _length;

    /// <summary>The longest the platform can wait for; a deadline beyond it is none.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(int.MaxValue);

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

    /// <summary>What is left, as the platform's waits take it.</summary>
    public TimeSpan LeftToWait => Left < WaitMax ? Left : WaitMax;
}
