// UNSAFE CODE, and why it is safe: the one pointer is to a local.
namespace Dna.Fast.LoadGen.Sockets;

/// <summary>CPU time of the calling thread.</summary>
internal static unsafe class ThreadClock
{
    /// <summary>User and system time, in nanoseconds.</summary>
    public static long CpuNs()
    {
        TimeSpec time;
        return LibC.GetTime(LibC.ThreadCpuClock, &time) == 0 ? time.Seconds * 1_000_000_000 + time.Nanoseconds : 0;
    }
}
