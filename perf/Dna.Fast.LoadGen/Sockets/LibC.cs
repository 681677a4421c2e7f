// UNSAFE CODE, and why it is safe: this file only declares. Layouts are those of 64-bit Linux, where x64 and arm64 agree. Callers pass
// pointers into pinned arrays, or to locals that outlive the call.
using System.Runtime.InteropServices;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>One buffer of a gathered send or a scattered receive.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVec
{
    public byte* Base;
    public nuint Length;
}

/// <summary><c>struct mmsghdr</c>: a <c>struct msghdr</c> (56 bytes) and the length of the message after the call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MMsgHdr
{
    public SocketName* Name;
    public uint NameLength;
    public IoVec* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
    private readonly int _innerPadding;
    public int MessageLength;
    private readonly int _outerPadding;
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int Descriptor;
    public short Events;
    public short Returned;
}

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>The calls of libc that are used, with the numbers of asm-generic Linux (x64, arm64).</summary>
internal static unsafe partial class LibC
{
    public const int AddressFamilyV4 = 2, AddressFamilyV6 = 10;
    public const int DatagramNonBlockingCloseOnExec = 2 | 0x800 | 0x80000;
    public const int LevelSocket = 1, LevelUdp = 17;
    public const int SendBuffer = 7, ReceiveBuffer = 8, ReusePort = 15;

    /// <summary>
    /// <c>UDP_SEGMENT</c>: as an option the kernel is asked whether it knows it; as a control message it says the size of each datagram.
    /// </summary>
    public const int UdpSegment = 103;

    public const short PollIn = 1, PollOut = 4;
    public const int TimerSlack = 29;
    public const int ThreadCpuClock = 3;
    public const int ErrorInterrupted = 4, ErrorAgain = 11, ErrorInUse = 98, ErrorNotAvailable = 99, ErrorNetworkUnreachable = 101,
        ErrorNoBuffers = 105, ErrorRefused = 111, ErrorHostUnreachable = 113;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, SocketName* name, uint length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, SocketName* name, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, SocketName* name, uint* length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int descriptor, MMsgHdr* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int descriptor, MMsgHdr* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int descriptor, MMsgHdr* message, int flags);

    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, TimeSpec* time);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library, EntryPoint = "strerror")]
    private static partial nint ErrorText(int error);

    /// <summary>What the system says about an error number.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";
}
