using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Sockets;

/// <summary>
/// <c>struct sockaddr_in</c> or <c>sockaddr_in6</c>: family in machine order, port and address in network order, scope in machine order.
/// </summary>
/// <remarks>IPv4: family 0..2, port 2..4, address 4..8, zeros to 16. IPv6: family 0..2, port 2..4, flow 4..8, address 8..24, scope
/// 24..28.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct SocketName
{
    public const int Bytes = 28;

    private const int V4Bytes = 16;

    private ushort _family;
    private readonly ushort _port;
    private readonly uint _flow;
    private readonly ulong _high;
    private readonly ulong _low;
    private uint _scope;

    /// <summary>Writes an address.</summary>
    /// <returns>Bytes that count: 16 or 28.</returns>
    public uint Write(in NodeAddress address)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<SocketName>(ref this));
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        if (address.IsV4)
        {
            _family = LibC.AddressFamilyV4;
            address.WriteAddress(bytes[4..]);
            return V4Bytes;
        }

        _family = LibC.AddressFamilyV6;
        address.WriteAddress(bytes[8..]);
        _scope = address.Scope;
        return Bytes;
    }

    /// <summary>Reads what the kernel wrote.</summary>
    public readonly NodeAddress Read()
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<SocketName>(in this));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return _family == LibC.AddressFamilyV4 ? NodeAddress.From(bytes.Slice(4, 4), port)
            : NodeAddress.From(bytes.Slice(8, 16), port, _scope);
    }
}
