using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>Addresses that are not of the public internet: neither contacted nor answered where they mean somebody else.</summary>
public sealed class PrivateAddressesTests
{
    private static readonly NodeAddress Public = NodeAddress.V4(0x01000001, 4000), Private = NodeAddress.V4(0x0A000001, 4000), Loopback = NodeAddress.V4(0x7F000001, 4000);

    [Theory]
    [InlineData("0.255.255.255", false)]
    [InlineData("1.0.0.0", true)]
    [InlineData("9.255.255.255", true)]
    [InlineData("10.0.0.0", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("11.0.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.64.0.0", false)]
    [InlineData("100.127.255.255", false)]
    [InlineData("100.128.0.0", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.253.255.255", true)]
    [InlineData("169.254.0.0", false)]
    [InlineData("169.255.0.0", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.0", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.0.0.1", false)]
    [InlineData("192.0.1.0", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.167.255.255", true)]
    [InlineData("192.168.0.0", false)]
    [InlineData("192.169.0.0", true)]
    [InlineData("198.17.255.255", true)]
    [InlineData("198.18.0.0", false)]
    [InlineData("198.19.255.255", false)]
    [InlineData("198.20.0.0", true)]
    [InlineData("198.51.100.7", false)]
    [InlineData("203.0.113.255", false)]
    [InlineData("203.0.114.0", true)]
    [InlineData("223.255.255.255", true)]
    [InlineData("224.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b::100:1", true)]
    [InlineData("1fff::1", false)]
    [InlineData("2000::1", true)]
    [InlineData("2001:db7:ffff::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2001:db9::1", true)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("2002:100:1::1", true)]
    [InlineData("3fff::1", false)]
    [InlineData("3fff:1000::1", true)]
    [InlineData("4000::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void Public_are_the_addresses_of_no_special_network(string text, bool isPublic)
    {
        Assert.True(NodeAddress.TryParse(text, 4000, out NodeAddress address));
        Assert.Equal(isPublic, PublicAddress.Is(address));
    }

    [Fact]
    public void What_a_public_node_names_is_followed_to_public_addresses_only_and_what_a_neighbour_names_everywhere()
    {
        Gate gate = GateWith(PrivateAddresses.Auto);
        Assert.False(gate.MayFollow(Private, Public));
        Assert.False(gate.MayFollow(Loopback, Public));
        Assert.True(gate.MayFollow(Public, Public));
        Assert.True(gate.MayFollow(Private, Private));
        Assert.True(gate.MayFollow(Private, Loopback));
        Assert.True(gate.MayFollow(Public, Private));
    }

    [Theory]
    [InlineData(PrivateAddresses.Refuse, false, true)]
    [InlineData(PrivateAddresses.Allow, true, true)]
    public void The_operator_decides_otherwise(PrivateAddresses what, bool followsPrivate, bool followsLoopback)
    {
        Gate gate = GateWith(what);
        Assert.Equal(followsPrivate, gate.MayFollow(Private, Private));
        Assert.Equal(followsPrivate, gate.MayFollow(Private, Public));
        Assert.Equal(followsLoopback, gate.MayFollow(Loopback, Private));
        Assert.Equal(followsPrivate ? GateVerdict.Pass : GateVerdict.NotPublic, gate.CheckArrival(new Route(Private, Own(Private)), 0));
        Assert.Equal(followsPrivate ? GateVerdict.Pass : GateVerdict.NotPublic, gate.CheckArrival(new Route(Private, Own(Public)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(Loopback, Own(Loopback)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(Public, Own(Public)), 0));
    }

    [Fact]
    public void A_private_source_is_answered_at_a_private_address_of_ours_and_not_at_a_public_one()
    {
        Gate gate = GateWith(PrivateAddresses.Auto);
        Assert.Equal(GateVerdict.NotPublic, gate.CheckArrival(new Route(Private, Own(Public)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(Private, Own(Private)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(Public, Own(Public)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(Public, Own(Private)), 0));
        Assert.Equal(GateVerdict.Martian, gate.CheckArrival(new Route(NodeAddress.V4(0xE0000001, 4000), Own(Public)), 0));
        Assert.True(NodeAddress.TryParse("[fd00::1]:4000", 0, out NodeAddress local6));
        Assert.True(NodeAddress.TryParse("[2000::1]:4000", 0, out NodeAddress public6));
        Assert.Equal(GateVerdict.NotPublic, gate.CheckArrival(new Route(local6, Own(public6)), 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckArrival(new Route(local6, Own(local6)), 0));
    }

    [Fact]
    public void Where_a_datagram_came_to_is_not_known_the_bound_addresses_decide()
    {
        Assert.Equal(GateVerdict.Pass, GateWith(PrivateAddresses.Auto).CheckArrival(new Route(Private, default), 0));
        var bound = new Gate(RateLimits.Stock, 1) { IsPublicOnly = true };
        Assert.Equal(GateVerdict.NotPublic, bound.CheckArrival(new Route(Private, default), 0));
        Assert.Equal(GateVerdict.Pass, bound.CheckArrival(new Route(Loopback, default), 0));
    }

    private static Gate GateWith(PrivateAddresses what) => new(RateLimits.Stock, 1) { Private = what };

    private static LocalAddress Own(in NodeAddress address) => new(address.High, address.Low, 1, 1);
}
