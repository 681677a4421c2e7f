using System.Net;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>Limits and blocked addresses that change while the node runs.</summary>
public sealed class LiveLimitsTests
{
    [Fact]
    public void A_lower_limit_counts_what_was_charged_before()
    {
        Gate gate = new(new RateLimits(0, 100), 42);
        Assert.Equal(60, Flood(gate, 1, 60));
        gate.Limits = new RateLimits(0, 50);
        Assert.Equal(new RateLimits(0, 50), gate.Limits);
        Assert.Equal(GateVerdict.OverSourceBudget, gate.Charge(Make.Address(1), 0));
        gate.Limits = new RateLimits(0, 70);
        Assert.Equal(10, Flood(gate, 1, 100));
    }

    [Fact]
    public void A_lower_global_limit_counts_what_was_charged_before()
    {
        Gate gate = new(new RateLimits(100, 0), 42);
        Assert.Equal(60, Flood(gate, 1, 60));
        gate.Limits = new RateLimits(50, 0);
        Assert.Equal(GateVerdict.OverGlobalBudget, gate.Charge(Make.Address(2), 0));
    }

    [Fact]
    public void Limits_are_switched_on_and_off()
    {
        Gate gate = new(RateLimits.Off, 42);
        Assert.Equal(1000, Flood(gate, 1, 1000));
        gate.Limits = new RateLimits(500, 20);
        Assert.Equal(20, Flood(gate, 1, 1000));
        Assert.Equal(20, gate.RequestsLastSecond(0));
        gate.Limits = RateLimits.Off;
        Assert.Equal(1000, Flood(gate, 1, 1000));
    }

    [Fact]
    public async Task No_request_is_held_to_half_of_a_change()
    {
        // Global 0 belongs to 64 cells, another one to 1: a mixture of both would read beyond an array or refuse what neither refuses.
        Gate gate = new(RateLimits.Off, 42);
        Task changing = Task.Run(() =>
        {
            for (int i = 0; i < 2_000; i++) gate.Limits = i % 2 == 0 ? new RateLimits(100_000_000, 100_000_000) : RateLimits.Off;
        });
        Task<int>[] charging = [.. Enumerable.Range(1, 3).Select(source => Task.Run(() =>
        {
            int refused = 0;
            while (!changing.IsCompleted) refused += gate.Charge(Make.Address(source), 0) == GateVerdict.Pass ? 0 : 1;
            return refused;
        }))];
        await changing;
        Assert.Equal(0, (await Task.WhenAll(charging)).Sum());
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0", true)]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.0/24", "192.0.1.255", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7/32", "192.0.2.7", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::/127", "2001:db8::1", true)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    public void A_prefix_blocks_its_addresses_on_every_port_and_no_others(string prefix, string address, bool isBlocked)
    {
        Assert.True(AddressPrefix.TryParse(prefix, out AddressPrefix parsed));
        Gate gate = new(RateLimits.Stock, 42) { Blocked = new BlockedRanges([parsed]) };
        GateVerdict expected = isBlocked ? GateVerdict.Blocked : GateVerdict.Pass;
        Assert.Equal(expected, gate.CheckSource(At(address, 4000), 0));
        Assert.Equal(expected, gate.CheckSource(At(address, 65535), 0));
        gate.Blocked = BlockedRanges.None;
        Assert.Equal(GateVerdict.Pass, gate.CheckSource(At(address, 4000), 0));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.7/32", "192.0.2.7")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("2001:db8::1/128", "2001:db8::1")]
    [InlineData("::/0", "::/0")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void A_prefix_is_written_as_it_is_read(string text, string written)
    {
        Assert.True(AddressPrefix.TryParse(text, out AddressPrefix prefix));
        Assert.Equal(written, prefix.ToString());
        Assert.True(AddressPrefix.TryParse(written, out AddressPrefix again));
        Assert.Equal(prefix, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/8")]
    [InlineData("10")]
    [InlineData("10.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.1:4000")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::1/64")]
    [InlineData("[2001:db8::1]:4000")]
    [InlineData("fe80::1%2")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("host")]
    public void What_is_no_prefix_is_refused(string text) => Assert.False(AddressPrefix.TryParse(text, out _));

    [Fact]
    public void Prefixes_in_any_order_that_overlap_and_touch_block_what_each_of_them_blocks()
    {
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            AddressPrefix[] prefixes = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Prefix(random))];
            var ranges = new BlockedRanges(prefixes);
            for (uint low = 0; low < 256; low++)
            {
                NodeAddress address = NodeAddress.V4(0xC0000200 + low, 1);
                bool expected = prefixes.Any(prefix => prefix.First <= address.Low && address.Low <= prefix.Last);
                Assert.Equal(expected, ranges.Contains(address));
            }
        }

        static AddressPrefix Prefix(Random random)
        {
            int bits = random.Next(24, 33);
            uint first = 0xC0000200 + ((uint)random.Next(256) & ~(uint)((1L << (32 - bits)) - 1));
            return new AddressPrefix(IpFamily.V4, first, bits);
        }
    }

    [Fact]
    public void The_ends_of_the_address_space_are_blocked_too()
    {
        Assert.True(AddressPrefix.TryParse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", out AddressPrefix highest));
        Assert.True(AddressPrefix.TryParse("ffff::/16", out AddressPrefix wide));
        var ranges = new BlockedRanges([highest, wide]);
        Assert.True(ranges.Contains(At("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1)));
        Assert.True(ranges.Contains(At("ffff::", 1)));
        Assert.False(ranges.Contains(At("fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1)));
    }

    [Fact]
    public void A_change_costs_the_packets_nothing()
    {
        AddressPrefix[] prefixes = [.. Enumerable.Range(0, 1000).Select(i => new AddressPrefix(IpFamily.V4, 0x0A000000u + 512u * (uint)i, 24))];
        Gate gate = new(RateLimits.Off, 42) { Blocked = new BlockedRanges(prefixes) };
        gate.Limits = new RateLimits(1000, 100);
        NodeAddress four = At("10.0.1.1", 1), blocked = At("10.0.0.1", 1), six = At("2001:db8::1", 1);
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                gate.CheckSource(four, i);
                gate.CheckSource(blocked, i);
                gate.CheckSource(six, i);
                gate.Charge(four, i);
                gate.Charge(six, i);
            }

            if (round > 0) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(GateVerdict.Blocked, gate.CheckSource(blocked, 0));
        Assert.Equal(GateVerdict.Pass, gate.CheckSource(four, 0));
    }

    private static int Flood(Gate gate, int source, int requests)
    {
        int passed = 0;
        for (int i = 0; i < requests; i++) passed += gate.Charge(Make.Address(source), 0) == GateVerdict.Pass ? 1 : 0;
        return passed;
    }

    private static NodeAddress At(string address, int port) => NodeAddress.From(new IPEndPoint(IPAddress.Parse(address), port));
}
