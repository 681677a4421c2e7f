// UNSAFE CODE, and why it is safe: this file only declares. Layouts are those of 64-bit Linux (x64 and arm64 agree; a test compares sizes and
// offsets). musl declares msg_iovlen and msg_controllen as 32 bits followed by 32 bits of padding, which on a little-endian machine is
// the same as glibc's 64 bits for every length we pass. Callers pass pointers into pinned arrays or to locals that outlive the call.
using System.Runtime.InteropServices;

namespace Dna.Fast.Net.Linux;

/// <summary>One buffer of a scattered read or write.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVec
{
    public byte* Base;
    public nuint Length;
}

/// <summary><c>struct mmsghdr</c>: one message of a batch, and its length afterwards.</summary>
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

    /// <summary>Bytes received or sent. In C it belongs to the outer struct, after the padding of the inner one.</summary>
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

/// <summary>The calls of libc that are used, with the numbers of asm-generic Linux (x64, arm64).</summary>
internal static unsafe partial class LibC
{
    public const int AddressFamilyV4 = 2, AddressFamilyV6 = 10;
    public const int DatagramNonBlockingCloseOnExec = 2 | 0x800 | 0x80000;
    public const int LevelSocket = 1, LevelIp = 0, LevelUdp = 17, LevelIpV6 = 41;
    public const int SocketError = 4, SendBuffer = 7, ReceiveBuffer = 8, ReusePort = 15, SendBufferForce = 32, ReceiveBufferForce = 33, MemoryInfo = 55;
    public const int UdpSegment = 103;
    public const int IpPacketInfo = 8, V6Only = 26, V6ReceivePacketInfo = 49, V6PacketInfo = 50;
    public const short PollIn = 1, PollOut = 4, PollError = 8;
    public const int EventNonBlockingCloseOnExec = 0x800 | 0x80000;
    public const int ErrorInterrupted = 4, ErrorAgain = 11, ErrorAccess = 13, ErrorPermission = 1, ErrorFamily = 97, ErrorInUse = 98, ErrorNotAvailable = 99;
    public const int ErrorInputOutput = 5, ErrorInvalid = 22, ErrorNoOption = 92, ErrorNotSupported = 95;
    public const int ProtectionReadWrite = 1 | 2, MapPrivateAnonymousNoReserve = 0x02 | 0x20 | 0x4000, AdviceDontNeed = 4;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, SocketName* name, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, SocketName* name, uint* length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int descriptor, MMsgHdr* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int descriptor, MMsgHdr* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(DescriptorHandle descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(void* buffer, nuint count, uint flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MapMemory(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    public static partial int UnmapMemory(nint address, nuint length);

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    public static partial int AdviseMemory(nint address, nuint length, int advice);
}
