using Dna.Fast.Health;

namespace Dna.Fast.Tests.Health;

public sealed class HealthRulesTests
{
    private static readonly HealthFacts Well = new()
    {
        V4 = new FamilyFacts(true, 12, 20),
        V6 = new FamilyFacts(true, 0, 0),
        HasSomebodyToJoin = true,
        Uptime = TimeSpan.FromHours(1),
        Answered = 20,
        Expired = 5,
        AnsweredLately = 9,
        ExpiredLately = 2,
        WorkerSilence = TimeSpan.FromSeconds(1),
        OwnerSilence = TimeSpan.FromSeconds(1),
        StoreHealth = "ok",
        StoreIsStalled = false,
        Uncommitted = TimeSpan.Zero,
        ClockJump = TimeSpan.Zero,
        Now = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero),
        DiskFree = 10L << 30,
    };

    [Fact]
    public void A_node_with_peers_of_one_family_is_well_though_it_serves_both()
    {
        HealthReport report = HealthRules.Judge(Well);
        Assert.All(report.Checks, check => Assert.Equal(HealthState.Ok, check.State));
        Assert.All(report.Checks, check => Assert.Empty(check.Hint));
        Assert.Equal(HealthRules.Names, report.Checks.Select(check => check.Name));
        Assert.True(report.IsReady && report.IsAlive);
        Assert.False(report.IsAlone);
        Assert.StartsWith("ready: 12 good contacts", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_that_lost_all_its_contacts_is_a_warning_while_the_other_has_some() =>
        Expect(Well with { V6 = new FamilyFacts(true, 0, 3) }, HealthRules.Contacts, HealthState.Warning, "IPv6", isReady: true);

    [Fact]
    public void Without_any_good_contact_a_node_is_not_ready_and_not_to_be_restarted()
    {
        HealthReport report = Expect(Well with { V4 = new FamilyFacts(true, 0, 20) }, HealthRules.Contacts, HealthState.Failing, "lost", isReady: false);
        Assert.True(report.IsAlive);
        Assert.StartsWith("not ready: contacts: ", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_node_of_a_network_is_ready_and_alone()
    {
        HealthFacts first = Well with { V4 = new FamilyFacts(true, 0, 0), HasSomebodyToJoin = false };
        Assert.True(Expect(first, HealthRules.Contacts, HealthState.Warning, "alone", isReady: true).IsAlone);

        // Once somebody came it is a node like any other.
        Assert.False(Expect(first with { V4 = new FamilyFacts(true, 0, 1) }, HealthRules.Contacts, HealthState.Failing, "lost", isReady: false).IsAlone);
        Assert.False(Expect(first with { HasSomebodyToJoin = true }, HealthRules.Contacts, HealthState.Failing, "bootstrap", isReady: false).IsAlone);
        Assert.Contains("joining", HealthRules.Judge(first with { HasSomebodyToJoin = true, Uptime = TimeSpan.FromSeconds(3) }).Checks[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 4, "failing")]
    [InlineData(0, 3, "ok")]
    [InlineData(1, 50, "ok")]
    public void Half_a_minute_without_an_answer_is_failing(long answered, long expired, string state) =>
        Assert.Equal(state, StateOf(Well with { AnsweredLately = answered, ExpiredLately = expired }, HealthRules.Replies));

    [Theory]
    [InlineData(1, 9, "warning")]
    [InlineData(1, 8, "ok")]
    [InlineData(2, 8, "ok")]
    public void A_minute_with_few_answers_is_a_warning(long answered, long expired, string state) =>
        Assert.Equal(state, StateOf(Well with { Answered = answered, Expired = expired }, HealthRules.Replies));

    [Fact]
    public void A_disk_that_refuses_makes_a_node_unready_and_one_that_hangs_dead()
    {
        HealthReport refuses = Expect(
            Well with { StoreIsStalled = true, StoreHealth = "no space left", Uncommitted = TimeSpan.FromMinutes(1) }, HealthRules.Store, HealthState.Failing, "no space", isReady: false);
        Assert.True(refuses.IsAlive);
        HealthReport hangs = Expect(Well with { Uncommitted = TimeSpan.FromSeconds(11) }, HealthRules.Store, HealthState.Failing, "11 s", isReady: false);
        Assert.False(hangs.IsAlive);
        Expect(Well with { StoreHealth = "3 damaged records" }, HealthRules.Store, HealthState.Warning, "damaged", isReady: true);
    }

    [Fact]
    public void A_thread_that_hangs_is_named_and_the_node_is_dead()
    {
        HealthReport packets = Expect(Well with { WorkerSilence = TimeSpan.FromSeconds(16) }, HealthRules.Threads, HealthState.Failing, "packet thread", isReady: false);
        Assert.False(packets.IsAlive);
        Assert.False(Expect(Well with { OwnerSilence = TimeSpan.FromSeconds(16) }, HealthRules.Threads, HealthState.Failing, "owner", isReady: false).IsAlive);
    }

    [Fact]
    public void A_clock_that_was_never_set_is_failing_and_one_that_jumped_a_warning()
    {
        Expect(Well with { Now = DateTimeOffset.UnixEpoch }, HealthRules.Clock, HealthState.Failing, "1970", isReady: false);
        Expect(Well with { ClockJump = TimeSpan.FromSeconds(-30) }, HealthRules.Clock, HealthState.Warning, "30 s back", isReady: true);
        Expect(Well with { ClockJump = TimeSpan.FromSeconds(30) }, HealthRules.Clock, HealthState.Warning, "30 s ahead", isReady: true);
    }

    [Theory]
    [InlineData(1L << 40, "ok")]
    [InlineData(511L << 20, "warning")]
    [InlineData(63L << 20, "failing")]
    [InlineData(-1, "warning")]
    public void Disk_room_is_judged(long free, string state) => Assert.Equal(state, StateOf(Well with { DiskFree = free }, HealthRules.Disk));

    [Fact]
    public void Whatever_is_not_well_has_a_hint()
    {
        HealthFacts[] unwell =
        [
            Well with { V4 = default }, Well with { AnsweredLately = 0, ExpiredLately = 9 }, Well with { StoreIsStalled = true }, Well with { Now = default },
            Well with { DiskFree = 0 }, Well with { OwnerSilence = TimeSpan.FromMinutes(1) },
        ];
        foreach ((HealthFacts facts, int i) in unwell.Select((facts, i) => (facts, i)))
        {
            HealthCheck check = Assert.Single(HealthRules.Judge(facts).Checks, check => check.State != HealthState.Ok);
            Assert.Equal(HealthRules.Names[i], check.Name);
            Assert.NotEmpty(check.Hint);
            Assert.NotEmpty(check.Reason);
        }
    }

    private static string StateOf(HealthFacts facts, string name) => HealthReport.NameOf(HealthRules.Judge(facts).Checks.Single(check => check.Name == name).State);

    private static HealthReport Expect(HealthFacts facts, string name, HealthState state, string reason, bool isReady)
    {
        HealthReport report = HealthRules.Judge(facts);
        HealthCheck check = report.Checks.Single(check => check.Name == name);
        Assert.Equal(state, check.State);
        Assert.Contains(reason, check.Reason, StringComparison.Ordinal);
        Assert.Equal(isReady, report.IsReady);
        return report;
    }
}
