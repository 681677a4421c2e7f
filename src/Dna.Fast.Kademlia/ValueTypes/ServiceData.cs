using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.ValueTypes;

/// <summary>The data of types 1 and 2 as far as their rules look into it (section 5.1). Any thread; allocates nothing; never throws on input.</summary>
/// <remarks>Type 1 is the msgpack array <c>[service str, payload bin]</c>. Type 2 is a msgpack bin of a <see cref="NativeSocketAddress"/>.</remarks>
public static class ServiceData
{
    /// <summary>Longest output of <see cref="Write"/>: a bin header of 2 bytes and the address.</summary>
    public const int BytesMax = 2 + NativeSocketAddress.Bytes6;

    /// <summary>True when <paramref name="data"/> unpacks as a message whose service is empty. Data that does not unpack is no such message.</summary>
    public static bool IsEmptyMessage(ReadOnlySpan<byte> data)
    {
        MsgpackReader reader = new(data);
        if (!reader.TryReadArrayHeader(out int count)) return false;
        // A missing element unpacks as an empty one, and one behind the payload is not looked at.
        if (count == 0) return true;
        if (!reader.TryReadBlob(out ReadOnlySpan<byte> service) || !service.IsEmpty) return false;
        return count == 1 || reader.TryReadBlob(out _);
    }

    /// <summary>Reads the port of a service announcement.</summary>
    /// <returns>False when it is 0 or <paramref name="data"/> is no socket address.</returns>
    public static bool TryReadPort(ReadOnlySpan<byte> data, out ushort port)
    {
        port = 0;
        MsgpackReader reader = new(data);
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> native) || !NativeSocketAddress.TryRead(native, out NodeAddress address)) return false;
        port = address.Port;
        return port != 0;
    }

    /// <summary>Writes the data of a service announcement.</summary>
    /// <returns>Bytes written: 18 or 30.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less room than <see cref="BytesMax"/>.</exception>
    public static int Write(Span<byte> destination, in NodeAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, BytesMax, nameof(destination));
        int bytes = NativeSocketAddress.Write(destination[2..], address);
        destination[0] = 0xC4;
        destination[1] = (byte)bytes;
        return 2 + bytes;
    }
}
