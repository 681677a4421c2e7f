using System.Runtime.InteropServices;

namespace Dna.Fast.Hosting;

/// <summary>The few system calls the framework does not offer.</summary>
/// <remarks>Safe by their arguments alone: numbers, and a path that is marshalled as a copy; one buffer that is larger than what the kernel writes into it.</remarks>
internal static partial class Posix
{
    private const int ReadOnly = 0;
    private const int OnlyOwner = 0x3F;

    /// <summary>The clock is not synchronised (TIME_ERROR).</summary>
    private const int TimeError = 5;

    /// <summary>More than any kernel's struct timex.</summary>
    private const int TimexBytes = 512;

    /// <summary>From now on this process makes files that only their owner can use (umask 077).</summary>
    public static void KeepFilesPrivate()
    {
        if (!OperatingSystem.IsWindows()) _ = SetMask(OnlyOwner);
    }

    /// <summary>Makes a directory's entries durable: without it a renamed file may be gone after a power cut. False when the system cannot.</summary>
    public static bool SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) return false;
        bool isDone = Sync(descriptor) == 0;
        _ = Close(descriptor);
        return isDone;
    }

    /// <summary>True when a descriptor is a terminal, and that terminal is still there.</summary>
    public static bool IsTerminal(int descriptor) => !OperatingSystem.IsWindows() && IsTerminalNow(descriptor) == 1;

    /// <summary>Whether the kernel believes that something keeps its clock right (adjtimex(2), asked and not changed); null when it does not say.</summary>
    public static bool? IsClockSynchronised()
    {
        if (!OperatingSystem.IsLinux()) return null;
        // Modes 0 in front: nothing is set. The kernel fills a struct timex of 208 bytes.
        byte[] timex = new byte[TimexBytes];
        return AdjustTime(timex) switch
        {
            < 0 => null,
            TimeError => false,
            _ => true,
        };
    }

    // The buffer is a struct timex and some: the call writes no more than that, and keeps nothing.
    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime([In, Out] byte[] timex);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminalNow(int descriptor);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial int SetMask(int mask);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
