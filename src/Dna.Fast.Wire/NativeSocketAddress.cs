using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>An address as stock nodes copy it from memory: in service announcements and state files (section 5.4). Any thread; never throws on input.</summary>
/// <remarks>
/// IPv4, 16 bytes: <c>02 00 | port 2 | address 4 | zero 8</c>. IPv6, 28 bytes: <c>0a 00 | port 2 | flow 4 | address 16 | scope 4</c>. The family is
/// little-endian, port and address are in network order. Flow and scope are written as 0: they mean nothing on another machine.
/// </remarks>
public static class NativeSocketAddress
{
    public const int Bytes4 = 16;

    public const int Bytes6 = 28;

    /// <summary>Reads a whole native address. False for any other length or family.</summary>
    public static bool TryRead(ReadOnlySpan<byte> native, out NodeAddress address)
    {
        address = default;
        bool is4 = native.Length == Bytes4 && native[0] == (byte)IpFamily.V4, is6 = native.Length == Bytes6 && native[0] == (byte)IpFamily.V6;
        if (!(is4 || is6) || native[1] != 0) return false;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(native[2..]);
        address = is4 ? NodeAddress.From(native.Slice(4, 4), port) : NodeAddress.From(native.Slice(8, 16), port);
        return true;
    }

    /// <summary>Writes a native address.</summary>
    /// <returns>16 or 28.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Too little room.</exception>
    public static int Write(Span<byte> destination, in NodeAddress address)
    {
        Span<byte> native = destination[..(address.IsV4 ? Bytes4 : Bytes6)];
        native.Clear();
        native[0] = (byte)address.Family;
        BinaryPrimitives.WriteUInt16BigEndian(native[2..], address.Port);
        address.WriteAddress(native[(address.IsV4 ? 4 : 8)..]);
        return native.Length;
    }
}
