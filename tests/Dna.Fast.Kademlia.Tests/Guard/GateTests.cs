using System.Net;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>Martians and the blacklist of section 6.8.</summary>
public sealed class GateTests
{
    private readonly Gate _gate = new(RateLimits.Stock, 42);

    [Theory]
    [InlineData("192.0.2.1", 0)]
    [InlineData("0.0.0.0", 4000)]
    [InlineData("0.1.2.3", 4000)]
    [InlineData("224.0.0.1", 4000)]
    [InlineData("239.255.255.255", 4000)]
    [InlineData("240.0.0.1", 4000)]
    [InlineData("255.255.255.255", 4000)]
    [InlineData("2001:db8::1", 0)]
    [InlineData("::", 4000)]
    [InlineData("ff02::1", 4000)]
    [InlineData("ff00::", 4000)]
    [InlineData("::ffff:0.0.0.1", 4000)]
    public void Martian_is_refused(string address, int port) =>
        Assert.Equal(GateVerdict.Martian, _gate.CheckSource(NodeAddress.From(new IPEndPoint(IPAddress.Parse(address), port)), 0));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("1.0.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("2001:db8::1")]
    public void Loopback_private_and_link_local_addresses_are_normal_peers(string address) =>
        Assert.Equal(GateVerdict.Pass, _gate.CheckSource(NodeAddress.From(new IPEndPoint(IPAddress.Parse(address), 1)), 0));

    [Fact]
    public void No_address_at_all_is_a_martian() => Assert.True(Gate.IsMartian(default));

    [Fact]
    public void Blacklisted_address_is_refused_and_another_port_of_it_is_not()
    {
        _gate.Blacklist(Make.Address(1), 0);
        Assert.Equal(GateVerdict.Blacklisted, _gate.CheckSource(Make.Address(1), 0));
        Assert.Equal(GateVerdict.Pass, _gate.CheckSource(Make.Address(1).WithPort(1), 0));
        Assert.Equal(1, _gate.BlacklistCount);
    }

    [Fact]
    public void Blacklist_entry_lasts_ten_minutes()
    {
        _gate.Blacklist(Make.Address(1), 1000);
        Assert.Equal(GateVerdict.Blacklisted, _gate.CheckSource(Make.Address(1), 1000 + 600_000 - 1));
        Assert.Equal(GateVerdict.Pass, _gate.CheckSource(Make.Address(1), 1000 + 600_000));
        _gate.Blacklist(Make.Address(2), 1000 + 600_000);
        Assert.Equal(1, _gate.BlacklistCount);
    }

    [Fact]
    public void Blacklist_has_a_cap_and_takes_new_ones_when_old_ones_expired()
    {
        for (int i = 0; i < 5000; i++) _gate.Blacklist(Make.Address(i), 0);
        Assert.Equal(4096, _gate.BlacklistCount);
        Assert.Equal(GateVerdict.Pass, _gate.CheckSource(Make.Address(4999), 0));
        _gate.Blacklist(Make.Address(4999), 600_000);
        Assert.Equal(GateVerdict.Blacklisted, _gate.CheckSource(Make.Address(4999), 600_000));
        Assert.Equal(1, _gate.BlacklistCount);
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        _gate.Blacklist(Make.Address(1), 0);
        int passed = 0, nowMs = 0;
        Assert.Equal(0, Allocation.PerThousand(() =>
        {
            nowMs++;
            if (_gate.CheckSource(Make.Address(nowMs % 3), nowMs) == GateVerdict.Pass) passed++;
            if (_gate.Charge(Make.Address(nowMs % 3), nowMs) == GateVerdict.Pass) passed++;
        }));
        Assert.True(passed > 0);
    }
}
