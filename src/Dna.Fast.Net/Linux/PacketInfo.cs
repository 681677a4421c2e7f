using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary>The control message that says which of our addresses a datagram came to, or is to leave from.</summary>
/// <remarks>
/// <code>
/// cmsghdr   length 0..8 (16 + data), level 8..12, type 12..16       machine order
/// IPv4 data interface 16..20, our address 20..24, header's destination 24..28
/// IPv6 data our address 16..32, interface 32..36
/// </code>
/// </remarks>
internal static class PacketInfo
{
    /// <summary>Room of one message of either family, padded to 8.</summary>
    public const int RoomBytes = 40;

    private const int HeaderBytes = 16;
    private const int V4DataBytes = 12;
    private const int V6DataBytes = 20;

    /// <summary>Reads the first control message.</summary>
    /// <returns>Our address; only <paramref name="socket"/> when the kernel told nothing.</returns>
    public static LocalAddress Read(ReadOnlySpan<byte> control, uint socket)
    {
        if (control.Length < HeaderBytes) return new LocalAddress(0, 0, 0, socket);
        int level = MemoryMarshal.Read<int>(control[8..]);
        int type = MemoryMarshal.Read<int>(control[12..]);
        ReadOnlySpan<byte> data = control[HeaderBytes..];
        if (level == LibC.LevelIp && type == LibC.IpPacketInfo && data.Length >= V4DataBytes)
        {
            return new LocalAddress(0, BinaryPrimitives.ReadUInt32BigEndian(data[4..]), MemoryMarshal.Read<uint>(data), socket);
        }

        if (level == LibC.LevelIpV6 && type == LibC.V6PacketInfo && data.Length >= V6DataBytes)
        {
            ulong high = BinaryPrimitives.ReadUInt64BigEndian(data), low = BinaryPrimitives.ReadUInt64BigEndian(data[8..]);
            return new LocalAddress(high, low, MemoryMarshal.Read<uint>(data[16..]), socket);
        }

        return new LocalAddress(0, 0, 0, socket);
    }

    /// <summary>Writes the message for a datagram that is to leave from <paramref name="local"/>.</summary>
    /// <returns>Bytes written; 0 when <paramref name="local"/> names no address: the system chooses.</returns>
    public static int Write(Span<byte> control, in LocalAddress local, IpFamily family)
    {
        if (local.High == 0 && local.Low == 0) return 0;
        control[..RoomBytes].Clear();
        bool isV4 = family == IpFamily.V4;
        int dataBytes = isV4 ? V4DataBytes : V6DataBytes;
        MemoryMarshal.Write(control, (ulong)(HeaderBytes + dataBytes));
        MemoryMarshal.Write(control[8..], isV4 ? LibC.LevelIp : LibC.LevelIpV6);
        MemoryMarshal.Write(control[12..], isV4 ? LibC.IpPacketInfo : LibC.V6PacketInfo);
        Span<byte> data = control[HeaderBytes..];
        // The interface stays 0: naming it would bypass routing, and a multi-homed host may answer by another way than the query came. Link-local
        // addresses carry theirs in the destination's scope.
        if (isV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)local.Low);
            return Align(HeaderBytes + V4DataBytes);
        }

        BinaryPrimitives.WriteUInt64BigEndian(data, local.High);
        BinaryPrimitives.WriteUInt64BigEndian(data[8..], local.Low);
        return Align(HeaderBytes + V6DataBytes);
    }

    private static int Align(int bytes) => (bytes + 7) & ~7;
}
