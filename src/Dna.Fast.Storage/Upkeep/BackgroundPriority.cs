using System.Runtime.InteropServices;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Lets the calling thread step back where others want the processor. Linux only; elsewhere nothing happens.</summary>
internal static partial class BackgroundPriority
{
    /// <summary>A ninth of an ordinary thread's weight: a packet thread on the same core is not kept waiting, and on a full machine upkeep still goes on.</summary>
    private const int Nice = 10;

    /// <summary>Linux counts the number 0 of "a process" as the calling thread, and keeps such a value for each thread.</summary>
    private const int Process = 0, CallingThread = 0;

    /// <summary>Takes effect at once, for the thread's life. Raising one's own number needs no right; a refusal costs nothing but speed.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux()) _ = SetPriority(Process, CallingThread, Nice);
    }

    // The runtime's own Thread.Priority does nothing on Linux.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
