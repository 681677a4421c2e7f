using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Dna.Fast.Wire;

/// <summary>
/// The two address families of the network. The numbers are the ones <c>w</c> carries: Linux's AF numbers, on every platform.
/// </summary>
public enum IpFamily : byte
{
    V4 = 2,
    V6 = 10,
}

/// <summary>An IP address and a UDP port: where a datagram comes from or goes to.</summary>
/// <remarks>
/// A value of 24 bytes. An IPv4-mapped IPv6 address is an IPv4 address (section 1.1). The scope id (of link-local IPv6) never travels.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct NodeAddress : IEquatable<NodeAddress>
{
    private const ulong MappedMarker = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly IpFamily _family;

    private NodeAddress(ulong high, ulong low, uint scope, ushort port, IpFamily family)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
        _family = family;
    }

    /// <summary>False only for <c>default</c>.</summary>
    public bool IsValid => _family != 0;

    public IpFamily Family => _family;

    public bool IsV4 => _family == IpFamily.V4;

    /// <summary>UDP port, 0 to 65535.</summary>
    public ushort Port => _port;

    /// <summary>Scope id of a link-local IPv6 address, else 0.</summary>
    public uint Scope => _scope;

    /// <summary>Bytes of the address alone: 4 or 16.</summary>
    public int AddressBytes => IsV4 ? 4 : 16;

    /// <summary>The upper 64 bits of an IPv6 address (its /64 prefix), or 0 for IPv4.</summary>
    public ulong High => _high;

    /// <summary>The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.</summary>
    public ulong Low => _low;

    /// <param name="address">The address as a number: 127.0.0.1 is 0x7F000001.</param>
    /// <param name="port">UDP port.</param>
    public static NodeAddress V4(uint address, ushort port) => new(0, address, 0, port, IpFamily.V4);

    /// <param name="high">The first 8 bytes of the address as a number.</param>
    /// <param name="low">The last 8 bytes.</param>
    /// <param name="port">UDP port.</param>
    public static NodeAddress V6(ulong high, ulong low, ushort port) => new(high, low, 0, port, IpFamily.V6);

    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="port">UDP port.</param>
    /// <param name="scope">Scope id for link-local IPv6.</param>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    public static NodeAddress From(ReadOnlySpan<byte> address, ushort port, uint scope = 0)
    {
        if (address.Length == 4) return V4(BinaryPrimitives.ReadUInt32BigEndian(address), port);
        if (address.Length != 16) throw new ArgumentException("an IP address has 4 or 16 bytes", nameof(address));
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(address), low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        if (high == 0 && (low & 0xFFFF_FFFF_0000_0000) == MappedMarker) return V4((uint)low, port);
        return new NodeAddress(high, low, scope, port, IpFamily.V6);
    }

    public static NodeAddress From(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out int written);
        uint scope = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)endPoint.Address.ScopeId : 0;
        return From(bytes[..written], (ushort)endPoint.Port, scope);
    }

    /// <summary>This address with another port.</summary>
    public NodeAddress WithPort(ushort port) => new(_high, _low, _scope, port, _family);

    /// <summary>Writes the address without the port, network order.</summary>
    /// <returns>4 or 16.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Too little room.</exception>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>True when both are the same address, whatever the port.</summary>
    public bool SameHost(in NodeAddress other) => _high == other._high && _low == other._low && _family == other._family;

    public bool IsLoopback => IsV4 ? _low >> 24 == 127 : _high == 0 && _low == 1;

    public bool IsUnspecified => _high == 0 && _low == 0;

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = WriteAddress(bytes);
        IPAddress address = IsV4 ? new IPAddress(bytes[..length]) : new IPAddress(bytes[..length], _scope);
        return new IPEndPoint(address, _port);
    }

    /// <summary>
    /// Reads <c>1.2.3.4:4000</c> or <c>[::1]:4000</c>; without a port, <paramref name="defaultPort"/>. No names: those need a resolver.
    /// </summary>
    public static bool TryParse(string text, ushort defaultPort, out NodeAddress address)
    {
        address = default;
        if (!IPEndPoint.TryParse(text, out IPEndPoint? endPoint)) return false;
        bool bare = endPoint.Port == 0 && !text.EndsWith(":0", StringComparison.Ordinal);
        address = From(endPoint);
        if (bare) address = address.WithPort(defaultPort);
        return true;
    }

    public bool Equals(NodeAddress other) =>
        _high == other._high && _low == other._low && _port == other._port && _family == other._family && _scope == other._scope;

    public override bool Equals(object? obj) => obj is NodeAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, _port);

    /// <summary><c>1.2.3.4:4000</c> or <c>[::1]:4000</c>.</summary>
    public override string ToString() => IsValid ? ToEndPoint().ToString() : "-";

    public static bool operator ==(in NodeAddress left, in NodeAddress right) => left.Equals(right);

    public static bool operator !=(in NodeAddress left, in NodeAddress right) => !left.Equals(right);
}
