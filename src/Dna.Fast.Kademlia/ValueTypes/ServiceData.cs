using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.ValueTypes;

/// <summary>The data of types 1 and 2 as far as their rules look into it (sections 5.1 and 5.4). Any thread; allocates nothing; never throws on input.</summary>
/// <remarks>
/// Type 1 is <c>[service str, payload bin]</c>. Type 2 is a msgpack bin of a native socket address: 16 bytes <c>02 00 | port | address 4 | zero 8</c>, or 28
/// bytes <c>0a 00 | port | flow 4 | address 16 | scope 4</c>; port and address in network order.
/// </remarks>
public static class ServiceData
{
    /// <summary>Longest output of <see cref="Write"/>: 2 bytes of header, 28 of address.</summary>
    public const int BytesMax = 30;

    private const int Socket4Bytes = 16;
    private const int Socket6Bytes = 28;

    /// <summary>True when <paramref name="data"/> unpacks as a message whose service is empty. Data that does not unpack is no such message.</summary>
    public static bool IsEmptyMessage(ReadOnlySpan<byte> data)
    {
        if (!TryReadArray(data, out int count, out int at)) return false;
        if (count == 0) return true;
        if (!TryReadBlob(data[at..], out int start, out int length) || length != 0) return false;
        return count == 1 || TryReadBlob(data[(at + start)..], out _, out _);
    }

    /// <summary>Reads the port of a service announcement.</summary>
    /// <returns>False when it is 0 or <paramref name="data"/> is no socket address.</returns>
    public static bool TryReadPort(ReadOnlySpan<byte> data, out ushort port)
    {
        port = 0;
        if (!TryReadBlob(data, out int start, out int length)) return false;
        ReadOnlySpan<byte> socket = data.Slice(start, length);
        bool is4 = length == Socket4Bytes && socket[0] == (byte)IpFamily.V4, is6 = length == Socket6Bytes && socket[0] == (byte)IpFamily.V6;
        if (!(is4 || is6) || socket[1] != 0) return false;
        port = BinaryPrimitives.ReadUInt16BigEndian(socket[2..]);
        return port != 0;
    }

    /// <summary>Writes the data of a service announcement. Flow and scope are 0: they mean nothing on another machine.</summary>
    /// <returns>Bytes written: 18 or 30.</returns>
    public static int Write(Span<byte> destination, in NodeAddress address)
    {
        int length = address.IsV4 ? Socket4Bytes : Socket6Bytes;
        Span<byte> socket = destination.Slice(2, length);
        socket.Clear();
        destination[0] = 0xC4;
        destination[1] = (byte)length;
        socket[0] = (byte)address.Family;
        BinaryPrimitives.WriteUInt16BigEndian(socket[2..], address.Port);
        address.WriteAddress(socket[(address.IsV4 ? 4 : 8)..]);
        return 2 + length;
    }

    private static bool TryReadArray(ReadOnlySpan<byte> data, out int count, out int headerBytes)
    {
        (count, headerBytes) = data switch
        {
            [>= 0x90 and <= 0x9F, ..] => (data[0] & 0x0F, 1),
            [0xDC, _, _, ..] => (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), 3),
            [0xDD, _, _, _, _, ..] => ((int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(data[1..]), int.MaxValue), 5),
            _ => (-1, 0),
        };
        return count >= 0;
    }

    // A str or a bin, whole: both are read for both by the stock unpacker.
    private static bool TryReadBlob(ReadOnlySpan<byte> data, out int start, out int length)
    {
        (long bytes, start) = data switch
        {
            [>= 0xA0 and <= 0xBF, ..] => (data[0] & 0x1FL, 1),
            [0xC4 or 0xD9, _, ..] => (data[1], 2),
            [0xC5 or 0xDA, _, _, ..] => (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), 3),
            [0xC6 or 0xDB, _, _, _, _, ..] => (BinaryPrimitives.ReadUInt32BigEndian(data[1..]), 5),
            _ => (-1L, 0),
        };
        bool isWhole = bytes >= 0 && bytes <= data.Length - start;
        length = isWhole ? (int)bytes : 0;
        return isWhole;
    }
}
