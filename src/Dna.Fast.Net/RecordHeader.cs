using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>What stands before each datagram in both pipes, in the machine's own byte order.</summary>
/// <remarks>A record is this header, the datagram and padding to 8 bytes. It never crosses the border of two segments: it is written into one memory.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct RecordHeader
{
    /// <summary>Bytes of this header; a test says so.</summary>
    public const int Bytes = 64;

    /// <summary>Bytes to the next record.</summary>
    public int RecordBytes;

    /// <summary>Bytes of the datagram.</summary>
    public int DatagramBytes;

    /// <summary>0: the datagram follows. Else 1 + its place in the socket's overflow area.</summary>
    public int Overflow;

    /// <summary>Where it came from, or where it goes.</summary>
    public Route Route;

    /// <summary>Bytes of a record with <paramref name="datagramBytes"/> bytes in it.</summary>
    public static int Measure(int datagramBytes) => (Bytes + datagramBytes + 7) & ~7;
}
