// UNSAFE CODE, and why it is safe: the array is pinned and lives as long as this object; the other pointer is to a local.
using System.Runtime.CompilerServices;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>Waits until one of a thread's sockets has something to read. One thread.</summary>
internal sealed unsafe class Poller
{
    private readonly PollFd[] _descriptors;

    public Poller(IReadOnlyList<UdpSocket> sockets)
    {
        _descriptors = GC.AllocateArray<PollFd>(sockets.Count, pinned: true);
        for (int i = 0; i < sockets.Count; i++) _descriptors[i] = new PollFd { Descriptor = sockets[i].Descriptor, Events = LibC.PollIn };
    }

    /// <summary>The kernel may end this thread's waits late, by up to 50 microseconds unless asked not to.</summary>
    public static void AskForExactTimers() => LibC.ProcessControl(LibC.TimerSlack, 1, 0, 0, 0);

    /// <summary>Waits.</summary>
    /// <param name="timeoutNs">At most so long, in nanoseconds; 0 only looks.</param>
    public void Wait(long timeoutNs)
    {
        const long Second = 1_000_000_000;
        long bounded = Math.Max(0, timeoutNs);
        var timeout = new TimeSpec { Seconds = bounded / Second, Nanoseconds = bounded % Second };
        LibC.Poll((PollFd*)Unsafe.AsPointer(ref _descriptors[0]), (nuint)_descriptors.Length, &timeout, null);
    }

    /// <summary>After <see cref="Wait"/>: true when that socket can be read, or has an error to tell.</summary>
    public bool IsReady(int index) => _descriptors[index].Returned != 0;
}
