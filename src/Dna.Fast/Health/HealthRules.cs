using System.Globalization;
using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Settings;

namespace Dna.Fast.Health;

/// <summary>Verdicts from facts. Pure.</summary>
/// <remarks>
/// A warning says that somebody should look and the node still serves; failing says that it does not do its work, and one failing check makes it not ready.
/// <b>A family in use</b> is one that has or once had a good contact; a node that serves both and whose network has only IPv4 is well.
/// <b>Alone</b> is a node that never had a contact and has nobody to join: neither a bootstrap entry nor a node of an earlier run. It is the first of its network and
/// ready, with a warning; a node that lost its peers, or has somebody to join and reaches nobody, is not.
/// </remarks>
internal static class HealthRules
{
    public const string Contacts = "contacts", Replies = "replies", Store = "store", Clock = "clock", Disk = "disk", Threads = "threads", Serving = "serving", Traffic = "traffic";

    /// <summary>All checks, in the order of a report.</summary>
    public static readonly IReadOnlyList<string> Names = [Contacts, Replies, Store, Clock, Disk, Threads, Serving, Traffic];

    /// <summary>A node that starts needs so long to join: bootstrap, its first searches, and one lost datagram of each.</summary>
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(30);

    /// <summary>Requests that ran out without a single answer, within half a minute: the network is gone, for good contacts are asked when all is quiet.</summary>
    private const int ExpiredMin = 4;

    /// <summary>Fewer finished requests than this within a minute say nothing.</summary>
    private const int FinishedMin = 10;

    /// <summary>Below this share of answers something between us and the others is wrong; a table full of nodes that left answers about half.</summary>
    private const double AnsweredShareMin = 0.2;

    /// <summary>Something waits this long for its commit, which takes a tenth of a second: the disk hangs.</summary>
    private static readonly TimeSpan CommitMax = TimeSpan.FromSeconds(10);

    /// <summary>A thread that turns once a second and was silent this long hangs, however busy the machine is.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    /// <summary>Lifetimes are minutes at least: a step below this ends none.</summary>
    private static readonly TimeSpan JumpMax = TimeSpan.FromSeconds(10);

    /// <summary>No node of this program ran before: a clock that says so was never set.</summary>
    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Room for the next files of log and checkpoints.</summary>
    private const long DiskFailing = 64L << 20;

    /// <summary>Time for somebody to come and make room.</summary>
    private const long DiskWarning = 512L << 20;

    public static HealthReport Judge(HealthFacts facts)
    {
        bool isAlone = IsAlone(facts);
        return new HealthReport(
            [JudgeContacts(facts, isAlone), JudgeReplies(facts), JudgeStore(facts), JudgeClock(facts), JudgeDisk(facts), JudgeThreads(facts), JudgeServing(facts), JudgeTraffic(facts.Traffic)], isAlone, IsAlive(facts));
    }

    // A disk that refuses says so, and a restart would not change its mind; one that is silent may have taken a thread of ours with it.
    private static bool IsAlive(HealthFacts facts) =>
        facts.WorkerSilence <= SilenceMax && facts.OwnerSilence <= SilenceMax && (facts.StoreIsStalled || facts.Uncommitted <= CommitMax);

    private static bool IsAlone(HealthFacts facts) => facts is { V4: { Good: 0, GoodMost: 0 }, V6: { Good: 0, GoodMost: 0 }, HasSomebodyToJoin: false };

    private static HealthCheck JudgeContacts(HealthFacts facts, bool isAlone)
    {
        if (isAlone)
        {
            return new HealthCheck(
                Contacts, HealthState.Warning, "alone: no bootstrap is set and nobody has come yet", "Right for the first node of a network; else start it with --bootstrap");
        }

        int good = facts.V4.Good + facts.V6.Good;
        if (good == 0)
        {
            bool hadSome = facts.V4.GoodMost + facts.V6.GoodMost > 0;
            if (!hadSome && facts.Uptime < JoinTime) return new HealthCheck(Contacts, HealthState.Failing, "joining: no good contact yet", "");
            return new HealthCheck(
                Contacts, HealthState.Failing, hadSome ? "all good contacts are lost" : "no node of the bootstrap answers",
                "Is the network up, and UDP in both directions not filtered? Try: dna ping HOST:PORT with a bootstrap node");
        }

        string counts = string.Create(CultureInfo.InvariantCulture, $"{facts.V4.Good} good contacts over IPv4, {facts.V6.Good} over IPv6");
        string? lost = Lost("IPv4", facts.V4) ?? Lost("IPv6", facts.V6);
        return lost is null
            ? new HealthCheck(Contacts, HealthState.Ok, counts, "")
            : new HealthCheck(Contacts, HealthState.Warning, $"{counts}: all of {lost} are lost", $"Does this machine still have {lost}? Look at its addresses and routes");
    }

    private static string? Lost(string name, in FamilyFacts family) => family is { IsServed: true, Good: 0, GoodMost: > 0 } ? name : null;

    private static HealthCheck JudgeReplies(HealthFacts facts)
    {
        const string Hint = "Is UDP in both directions allowed by firewalls and the provider? Is the machine or its line overloaded?";
        if (facts is { AnsweredLately: 0, ExpiredLately: >= ExpiredMin })
        {
            string nobody = string.Create(CultureInfo.InvariantCulture, $"none of our {facts.ExpiredLately} requests of the last half minute was answered");
            return new HealthCheck(Replies, HealthState.Failing, nobody, Hint);
        }

        long finished = facts.Answered + facts.Expired;
        string share = string.Create(CultureInfo.InvariantCulture, $"{facts.Answered} of {finished} requests of the last minute were answered");
        bool isLow = finished >= FinishedMin && facts.Answered < AnsweredShareMin * finished;
        return isLow ? new HealthCheck(Replies, HealthState.Warning, share, Hint) : new HealthCheck(Replies, HealthState.Ok, share, "");
    }

    private static HealthCheck JudgeStore(HealthFacts facts)
    {
        const string Hint = "Look at the disk, its free space and the kernel's log; what was acknowledged is safe";
        if (facts.StoreIsStalled) return new HealthCheck(Store, HealthState.Failing, facts.StoreHealth, Hint);
        if (facts.Uncommitted > CommitMax)
        {
            string waits = string.Create(CultureInfo.InvariantCulture, $"values wait for {facts.Uncommitted.TotalSeconds:F0} s to be committed");
            return new HealthCheck(Store, HealthState.Failing, waits, Hint);
        }

        return facts.StoreHealth == "ok"
            ? new HealthCheck(Store, HealthState.Ok, "committing", "")
            : new HealthCheck(Store, HealthState.Warning, facts.StoreHealth, Hint);
    }

    private static HealthCheck JudgeClock(HealthFacts facts)
    {
        const string Hint = "Let a time service set the clock (chrony, systemd-timesyncd): lifetimes of values are counted by it";
        if (facts.Now < Beginning)
        {
            string never = string.Create(CultureInfo.InvariantCulture, $"it is said to be {facts.Now:yyyy-MM-dd}: the clock was never set");
            return new HealthCheck(Clock, HealthState.Failing, never, Hint);
        }

        if (facts.ClockJump.Duration() > JumpMax)
        {
            string jump = string.Create(
                CultureInfo.InvariantCulture, $"the clock went {facts.ClockJump.Duration().TotalSeconds:F0} s {(facts.ClockJump > TimeSpan.Zero ? "ahead" : "back")} within ten minutes");
            return new HealthCheck(Clock, HealthState.Warning, jump, Hint);
        }

        return new HealthCheck(Clock, HealthState.Ok, "steady", "");
    }

    private static HealthCheck JudgeDisk(HealthFacts facts)
    {
        if (facts.DiskFree < 0) return new HealthCheck(Disk, HealthState.Warning, "the free space of the disk is not known", "Is the data directory still there?");
        string free = ByteSize.Format(facts.DiskFree) + " free";
        HealthState state = facts.DiskFree < DiskFailing ? HealthState.Failing : facts.DiskFree < DiskWarning ? HealthState.Warning : HealthState.Ok;
        return new HealthCheck(Disk, state, free, state == HealthState.Ok ? "" : "Make room, or lower --store-limit");
    }

    private static HealthCheck JudgeServing(HealthFacts facts) => facts.IsDraining
        ? new HealthCheck(Serving, HealthState.Failing, "draining: it hands its values over and leaves", "Somebody said dna drain: use another node")
        : new HealthCheck(Serving, HealthState.Ok, "answering", "");

    private static HealthCheck JudgeTraffic(TrafficFigures traffic)
    {
        string used = ByteSize.Format(traffic.Used) + (traffic.Limit > 0 ? $" of {ByteSize.Format(traffic.Limit)}" : "") + " this month";
        return traffic.IsSoft
            ? new HealthCheck(Traffic, HealthState.Warning, used + ": only what is cheap is served", "Raise limits.monthly_traffic and reload, or wait for the month's end")
            : new HealthCheck(Traffic, HealthState.Ok, used, "");
    }

    private static HealthCheck JudgeThreads(HealthFacts facts)
    {
        TimeSpan silence = facts.WorkerSilence > facts.OwnerSilence ? facts.WorkerSilence : facts.OwnerSilence;
        if (silence <= SilenceMax) return new HealthCheck(Threads, HealthState.Ok, "turning", "");
        string who = facts.WorkerSilence > facts.OwnerSilence ? "a packet thread" : "the owner's thread";
        string hangs = string.Create(CultureInfo.InvariantCulture, $"{who} has not turned for {silence.TotalSeconds:F0} s");
        return new HealthCheck(Threads, HealthState.Failing, hangs, "Is the machine out of memory or processors? Restart the node, and report it with its log");
    }
}
