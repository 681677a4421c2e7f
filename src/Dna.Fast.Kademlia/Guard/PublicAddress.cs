using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>What is done about addresses that are not of the public internet.</summary>
public enum PrivateAddresses : byte
{
    /// <summary>A node deals with them as far as it lives among them: see <see cref="Gate.MayFollow"/> and <see cref="Gate.CheckArrival"/>.</summary>
    Auto,

    /// <summary>Nothing but loopback is answered or contacted.</summary>
    Refuse,

    /// <summary>They are peers as all others.</summary>
    Allow,
}

/// <summary>Tells the addresses of the public internet from those of local, special and documentation networks. Any thread; allocates nothing.</summary>
/// <remarks>
/// Not public are, of IPv4: 0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.0.0/24, 192.0.2/24, 192.168/16, 198.18/15, 198.51.100/24, 203.0.113/24 and 224/3; of IPv6: all
/// outside 2000::/3, and of it 2001:db8::/32 and 3fff::/20. 6to4 (2002::/16) and translated addresses (64:ff9b::/96) are what the IPv4 address in them is.
/// </remarks>
public static class PublicAddress
{
    /// <summary>True for an address a datagram may go to from anywhere.</summary>
    public static bool Is(in NodeAddress address) => address.IsV4 ? Is4((uint)address.Low) : Is6(address.High, address.Low);

    private static bool Is4(uint address) => (address >> 24) switch
    {
        0 or 10 or 127 or >= 224 => false,
        100 => address >> 22 != 0x6440_0000 >> 22,
        169 => address >> 16 != 0xA9FE,
        172 => address >> 20 != 0xAC1,
        192 => address >> 16 != 0xC0A8 && address >> 8 is not (0xC0_0000 or 0xC0_0002),
        198 => address >> 17 != 0xC612_0000 >> 17 && address >> 8 != 0xC6_3364,
        203 => address >> 8 != 0xCB_0071,
        _ => true,
    };

    private static bool Is6(ulong high, ulong low)
    {
        if (high == 0x0064_FF9B_0000_0000 && low >> 32 == 0) return Is4((uint)low);
        if (high >> 61 != 1) return false;
        if (high >> 48 == 0x2002) return Is4((uint)(high >> 16));
        return high >> 32 != 0x2001_0DB8 && high >> 44 != 0x3_FFF0;
    }
}
