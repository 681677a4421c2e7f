using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Linux;

/// <summary><c>struct sockaddr_in</c> or <c>sockaddr_in6</c>: family in machine order, port and address in network order, scope in machine order.</summary>
/// <remarks>
/// IPv4: family 0..2, port 2..4, address 4..8, zeros to 16. IPv6: family 0..2, port 2..4, flow 4..8, address 8..24, scope 24..28.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct SocketName
{
    public const int Bytes = 28;
    public const int V4Bytes = 16;

    private ushort _family;
    private ushort _port;
    private uint _addressV4;
    private ulong _high;
    private ulong _low;
    private uint _scope;

    /// <summary>Writes an address.</summary>
    /// <returns>Bytes that count: 16 or 28.</returns>
    public uint Write(in NodeAddress address)
    {
        _port = Swap(address.Port);
        if (address.IsV4)
        {
            _family = LibC.AddressFamilyV4;
            _addressV4 = Swap((uint)address.Low);
            _high = 0;
            return V4Bytes;
        }

        _family = LibC.AddressFamilyV6;
        _addressV4 = 0;
        _high = Swap(address.High);
        _low = Swap(address.Low);
        _scope = address.Scope;
        return Bytes;
    }

    /// <summary>Reads what the kernel wrote.</summary>
    public readonly NodeAddress Read()
    {
        if (_family == LibC.AddressFamilyV4) return NodeAddress.V4(Swap(_addressV4), Swap(_port));
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<SocketName>(in this));
        return NodeAddress.From(bytes.Slice(8, 16), Swap(_port), _scope);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Swap(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Swap(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Swap(ulong value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
