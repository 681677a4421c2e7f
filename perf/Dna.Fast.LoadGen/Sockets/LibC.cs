// UNSAFE CODE, and why it is safe: this file only declares. Layouts are those of 64-bit Linux, where x64 and arm64 agree. Callers pass
// pointers into pinned arrays, or to locals that outlive the call.
using System.Runtime.InteropServices;

namespace Dna.Fast.Net.Linux;

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>What the generator calls besides: the other part is the node's own file, compiled here too.</summary>
internal static unsafe partial class LibC
{
    public const int TimerSlack = 29;
    public const int ThreadCpuClock = 3;
    public const int ErrorNetworkUnreachable = 101, ErrorNoBuffers = 105, ErrorRefused = 111, ErrorHostUnreachable = 113;

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, SocketName* name, uint length);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int descriptor, MMsgHdr* message, int flags);

    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, TimeSpec* time);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library, EntryPoint = "strerror")]
    private static partial nint ErrorText(int error);

    /// <summary>What the system says about an error number.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";
}
