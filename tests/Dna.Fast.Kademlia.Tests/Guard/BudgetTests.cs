using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>The budgets of section 6.8: per source and in all, in every second.</summary>
public sealed class BudgetTests
{
    // The window is up to 143 ms longer than a second.
    private const int WindowMs = 1144;

    [Theory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(999)]
    [InlineData(123_456_789)]
    public void Of_3000_requests_in_a_second_1024_pass_and_others_are_unaffected(long startMs)
    {
        Gate gate = new(RateLimits.Stock, 42);
        int passed = 0, othersPassed = 0;
        for (int i = 0; i < 3000; i++)
        {
            if (gate.Charge(Make.Address(1), startMs + i / 3) == GateVerdict.Pass) passed++;
            if (i % 10 == 0 && gate.Charge(Make.Address(2), startMs + i / 3) == GateVerdict.Pass) othersPassed++;
        }

        Assert.Equal(1024, passed);
        Assert.Equal(300, othersPassed);
        Assert.Equal(GateVerdict.OverSourceBudget, gate.Charge(Make.Address(1), startMs + 999));
        Assert.Equal(GateVerdict.Pass, gate.Charge(Make.Address(1), startMs + WindowMs));
    }

    [Fact]
    public void Whole_budget_is_back_when_the_window_has_passed()
    {
        Gate gate = new(RateLimits.Stock, 42);
        for (int second = 0; second < 5; second++)
            Assert.Equal(1024, Flood(gate, Make.Address(1), second * WindowMs, 3000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_second_wherever_it_begins_has_more_than_the_budget(int seed)
    {
        Random random = new(seed);
        Gate gate = new(new RateLimits(0, 100), 42);
        List<long> passed = [];
        long nowMs = random.Next(10_000);
        for (int i = 0; i < 20_000; i++)
        {
            nowMs += random.Next(50) == 0 ? random.Next(600) : random.Next(2);
            if (gate.Charge(Make.Address(1), nowMs) == GateVerdict.Pass) passed.Add(nowMs);
        }

        for (int i = 0; i + 100 < passed.Count; i++) Assert.True(passed[i + 100] - passed[i] >= 1000);
        Assert.True(passed.Count > 1000);
    }

    [Fact]
    public void Global_budget_holds_over_all_sources()
    {
        Gate gate = new(RateLimits.Stock, 42);
        int passed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            GateVerdict verdict = gate.Charge(Make.Address(i), 5);
            Assert.True(verdict is GateVerdict.Pass or GateVerdict.OverGlobalBudget);
            if (verdict == GateVerdict.Pass) passed++;
        }

        Assert.Equal(8192, passed);
        Assert.Equal(8192, gate.RequestsLastSecond(5));
        Assert.Equal(0, gate.RequestsLastSecond(5 + WindowMs));
    }

    [Fact]
    public void Refused_request_is_charged_to_nobody()
    {
        Gate gate = new(new RateLimits(10, 5), 42);
        Flood(gate, Make.Address(1), 0, 1000);
        Assert.Equal(5, gate.RequestsLastSecond(0));
        Assert.Equal(GateVerdict.Pass, gate.Charge(Make.Address(2), 0));
    }

    [Fact]
    public void Ports_of_one_address_share_a_budget()
    {
        Gate gate = new(new RateLimits(0, 10), 42);
        int passed = 0;
        for (ushort port = 1; port <= 100; port++)
        {
            if (gate.Charge(Make.Address(1).WithPort(port), 0) == GateVerdict.Pass) passed++;
        }

        Assert.Equal(10, passed);
    }

    [Fact]
    public void Addresses_of_one_ipv6_prefix_share_a_budget_and_other_prefixes_do_not()
    {
        Gate gate = new(new RateLimits(0, 10), 42);
        int passed = 0;
        for (int i = 0; i < 100; i++)
        {
            if (gate.Charge(Make.Address6(i), 0) == GateVerdict.Pass) passed++;
        }

        Assert.Equal(10, passed);
        Assert.Equal(GateVerdict.Pass, gate.Charge(NodeAddress.From(Convert.FromHexString("20010db8000000010000000000000001"), 1), 0));
    }

    [Fact]
    public void Limits_of_zero_let_everything_pass_and_still_count()
    {
        Gate gate = new(RateLimits.Off, 42);
        Assert.Equal(50_000, Flood(gate, Make.Address(1), 0, 50_000));
        Assert.Equal(50_000, gate.RequestsLastSecond(0));
    }

    [Fact]
    public void Made_up_sources_do_not_lock_a_victim_out()
    {
        // The flood spends all a global limit lets it spend, in the way that fills most cells: eight sources to their limit. Over many secrets, victims stay free.
        int lockedOut = 0;
        for (ulong seed = 0; seed < 500; seed++)
        {
            Gate gate = new(new RateLimits(0, 64), seed);
            for (int source = 0; source < 8; source++) Flood(gate, Make.Address(source), 0, 64);
            if (gate.Charge(Make.Address(1000), 0) != GateVerdict.Pass) lockedOut++;
        }

        Assert.InRange(lockedOut, 0, 2);
    }

    [Fact]
    public void Many_quiet_sources_do_not_use_up_each_others_budgets()
    {
        Gate gate = new(new RateLimits(0, 1024), 42);
        for (int i = 0; i < 8192; i++) Assert.Equal(GateVerdict.Pass, gate.Charge(Make.Address(i), i / 9));
    }

    [Fact]
    public async Task Workers_share_the_budgets()
    {
        Gate gate = new(RateLimits.Stock, 42);
        const int Workers = 4;
        Task<int>[] workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(() => Flood(gate, Make.Address(1), 7, 5000)))];
        int passed = (await Task.WhenAll(workers)).Sum();
        Assert.InRange(passed, 1024, 1024 + Workers - 1);
        Assert.Equal(passed, gate.RequestsLastSecond(7));
    }

    private static int Flood(Gate gate, in NodeAddress source, long nowMs, int requests)
    {
        int passed = 0;
        for (int i = 0; i < requests; i++)
        {
            if (gate.Charge(source, nowMs) == GateVerdict.Pass) passed++;
        }

        return passed;
    }
}
