using System.Net;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>Addresses as the kernel writes them. The platform's own socket addresses are the reference.</summary>
public sealed class SocketNameTests
{
    [Theory]
    [InlineData("127.0.0.1:4000")]
    [InlineData("203.0.113.255:65535")]
    [InlineData("[2001:db8::1]:4000")]
    [InlineData("[fe80::1%3]:1")]
    [InlineData("[::]:0")]
    public void Address_is_written_as_the_platform_writes_it_and_read_back(string text)
    {
        NodeAddress address = NodeAddress.From(IPEndPoint.Parse(text));
        SocketName name = default;
        uint length = name.Write(address);
        SocketAddress platform = address.ToEndPoint().Serialize();
        Assert.Equal(platform.Size, (int)length);
        Assert.Equal(platform.Buffer.Span[..(int)length], MemoryMarshal.AsBytes(new Span<SocketName>(ref name))[..(int)length]);
        Assert.Equal(address, name.Read());
    }

    [Fact]
    public void Name_used_for_both_families_in_turn_keeps_nothing_of_the_other()
    {
        NodeAddress v4 = NodeAddress.V4(0xC000_0201, 7), v6 = NodeAddress.From(IPEndPoint.Parse("[2001:db8::2]:8"));
        SocketName name = default;
        name.Write(v6);
        name.Write(v4);
        Assert.Equal(v4, name.Read());
        Assert.Equal(new byte[8], MemoryMarshal.AsBytes(new Span<SocketName>(ref name))[8..16]);
        name.Write(v6);
        Assert.Equal(v6, name.Read());
    }

    [Theory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void Local_address_goes_out_as_it_came_in_without_its_interface(IpFamily family)
    {
        var local = new LocalAddress(family == IpFamily.V4 ? 0 : 0x2001_0db8_0000_0000UL, 0xC000_0201, 5, 3);
        byte[] control = new byte[PacketInfo.RoomBytes];
        int bytes = PacketInfo.Write(control, local, family);
        Assert.Equal(family == IpFamily.V4 ? 32 : 40, bytes);
        Assert.Equal(local with { Interface = 0 }, PacketInfo.Read(control.AsSpan(0, bytes), 3));
    }

    [Fact]
    public void No_local_address_needs_no_control_message()
    {
        Assert.Equal(0, PacketInfo.Write(new byte[PacketInfo.RoomBytes], new LocalAddress(0, 0, 0, 2), IpFamily.V4));
        Assert.Equal(new LocalAddress(0, 0, 0, 2), PacketInfo.Read([], 2));
    }

    [Fact]
    public void Foreign_or_cut_control_message_tells_nothing()
    {
        byte[] control = new byte[PacketInfo.RoomBytes];
        PacketInfo.Write(control, new LocalAddress(0, 1, 0, 1), IpFamily.V4);
        Assert.Equal(0UL, PacketInfo.Read(control.AsSpan(0, 20), 1).Low);
        control[12] = 99;
        Assert.Equal(0UL, PacketInfo.Read(control, 1).Low);
    }
}
