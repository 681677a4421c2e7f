using System.Globalization;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>All addresses of one family that begin alike: <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or a single address.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="First">The lowest address, as a number.</param>
/// <param name="Bits">Length of the prefix, 0 to 32 or 0 to 128.</param>
public readonly record struct AddressPrefix(IpFamily Family, UInt128 First, int Bits)
{
    /// <summary>The highest address, as a number.</summary>
    public UInt128 Last => First | HostMask(WidthOf(Family), Bits);

    /// <summary>An address as a number, whatever its port.</summary>
    public static UInt128 NumberOf(in NodeAddress address) => address.IsV4 ? address.Low : new UInt128(address.High, address.Low);

    /// <summary>Reads <c>ADDRESS</c> or <c>ADDRESS/BITS</c>. IPv4 in IPv6 clothes is refused, for nobody has such an address here.</summary>
    /// <returns>False also when bits behind the prefix are set: who writes 192.0.2.7/24 means one or the other.</returns>
    public static bool TryParse(string text, out AddressPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        if (!NodeAddress.TryParse(host, 0, out NodeAddress address) || address.Port != 0 || address.Scope != 0) return false;
        // "10" and "10.1" would be read as 0.0.0.10 and 10.0.0.1.
        if (address.IsV4 && (host.Contains(':', StringComparison.Ordinal) || host.Count(c => c == '.') != 3)) return false;
        int width = WidthOf(address.Family);
        int bits = width;
        if (slash >= 0 && !(int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits <= width)) return false;
        prefix = new AddressPrefix(address.Family, NumberOf(address), bits);
        return (prefix.First & HostMask(width, bits)) == 0;
    }

    public override string ToString()
    {
        NodeAddress address = Family == IpFamily.V4
            ? NodeAddress.V4((uint)First, 0)
            : NodeAddress.From([.. BytesOf(First)], 0);
        string host = address.ToEndPoint().Address.ToString();
        return Bits == WidthOf(Family) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}/{Bits}");
    }

    private static byte[] BytesOf(UInt128 number)
    {
        byte[] bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }

    private static int WidthOf(IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    private static UInt128 HostMask(int width, int bits) => bits == width ? 0 : UInt128.MaxValue >> (128 - width + bits);
}
