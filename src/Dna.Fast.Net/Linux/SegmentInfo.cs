using System.Runtime.InteropServices;

namespace Dna.Fast.Net.Linux;

/// <summary>The control message <c>UDP_SEGMENT</c>: the kernel cuts one send into datagrams of this size; only the last may be shorter.</summary>
/// <remarks>
/// <code>cmsghdr  length 0..8 (18), level 8..12, type 12..16, bytes of a datagram 16..18; padded to 24      machine order</code>
/// </remarks>
internal static class SegmentInfo
{
    /// <summary>Room of the message, padded to 8.</summary>
    public const int RoomBytes = 24;

    /// <summary>Largest datagram that is sent so: more does not fit an Ethernet frame (1,500 bytes) behind the headers of IPv6 and UDP, and is not cut but refused.</summary>
    public const int SegmentBytesMax = 1500 - 40 - 8;

    /// <summary>Bytes of one send before it is cut: an IPv4 datagram's limit of 65,535 less its headers, rounded down.</summary>
    public const int BytesMax = 65_000;

    private const int DataBytes = sizeof(ushort);
    private const int HeaderBytes = 16;

    public static void Write(Span<byte> control, int segmentBytes)
    {
        control[..RoomBytes].Clear();
        MemoryMarshal.Write(control, (ulong)(HeaderBytes + DataBytes));
        MemoryMarshal.Write(control[8..], LibC.LevelUdp);
        MemoryMarshal.Write(control[12..], LibC.UdpSegment);
        MemoryMarshal.Write(control[HeaderBytes..], (ushort)segmentBytes);
    }
}
