using Dna.Fast.Commands;
using Dna.Fast.Health;
using Dna.Fast.Hosting;
using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Proxy;
using Dna.Fast.Settings;

namespace Dna.Fast.Metrics;

/// <summary>A node's figures as Prometheus reads them, straight from the counters: nothing is counted twice, and nothing is paid while nobody asks.</summary>
/// <remarks>Any thread. Seconds and bytes, as is the custom. tools/deploy/METRICS.md describes every name.</remarks>
internal sealed class NodeMetrics(Node node, WorkerGroup workers, IValueStore store, StatusReport report, HealthMonitor health, ProxyFigures proxy, RunSettings settings, long startedUnixMs)
{
    public byte[] Write()
    {
        var text = new PrometheusText();
        text.Gauge("dna_build_info", "Version of the program; the value is 1.").Sample(
            1, ("version", VersionLine.Program), ("runtime", Environment.Version.ToString()), ("architecture", System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString()));
        text.Gauge("dna_start_time_seconds", "When the node started, seconds since 1970.").Sample(startedUnixMs / 1000.0);
        WriteHealth(text, health.Report);
        WriteNode(text, node.Status);
        WriteBudget(text);
        foreach (CounterFamily family in CounterFamily.All)
        {
            text.Counter(family.Name, family.Help);
            foreach ((Counter counter, string value) in family.Members)
            {
                if (family.Label is null) text.Sample(report.Count(counter));
                else text.Sample(report.Count(counter), (family.Label, value));
            }
        }

        WriteStore(text, store.Statistics);
        text.Histogram("dna_request_seconds", "From a request of ours to its answer, where one try was enough.", [node.RoundTrips]);
        text.Histogram("dna_round_seconds", "A packet thread's round, from the end of its wait to the last datagram sent; one in 64.", workers.Rounds);
        proxy.Write(text);
        ProcessMetrics.Write(text);
        return text.ToUtf8();
    }

    private static void WriteHealth(PrometheusText text, HealthReport report)
    {
        text.Gauge("dna_ready", "1 when the node does its work, as /readyz says.").Sample(report.IsReady ? 1 : 0);
        text.Gauge("dna_alone", "1 when it never met anybody and has nobody to join: the first node of a network.").Sample(report.IsAlone ? 1 : 0);
        text.Gauge("dna_health_check", "Each check: 0 ok, 1 warning, 2 failing.");
        foreach (HealthCheck check in report.Checks) text.Sample((int)check.State, ("check", check.Name));
    }

    private static void WriteNode(PrometheusText text, NodeStatus status)
    {
        text.Gauge("dna_contacts", "Contacts in the routing tables: good ones replied within two hours and were heard from within ten minutes.");
        foreach ((string family, FamilyStatus of) in Families(status))
            text.Sample(of.Good, ("family", family), ("state", "good")).Sample(of.Dubious, ("family", family), ("state", "dubious"));
        text.Gauge("dna_contacts_incoming", "Contacts heard from after their last reply.");
        foreach ((string family, FamilyStatus of) in Families(status)) text.Sample(of.Incoming, ("family", family));
        text.Gauge("dna_buckets", "Buckets of the routing tables.");
        foreach ((string family, FamilyStatus of) in Families(status)) text.Sample(of.Buckets, ("family", family));
        text.Gauge("dna_network_size", "About how many nodes the network has, this one included, from the density of the table.");
        foreach ((string family, FamilyStatus of) in Families(status)) text.Sample(of.NetworkSize, ("family", family));
        text.Gauge("dna_listeners", "Listeners served.").Sample(status.Listeners);
        text.Gauge("dna_subscriptions", "Listens of our own.").Sample(status.Subscriptions);
        text.Gauge("dna_permanent_puts", "Values of our own that are announced again and again.").Sample(status.PermanentPuts);
        text.Gauge("dna_searches", "Searches known.").Sample(status.Searches);
        text.Gauge("dna_requests_pending", "Requests of our own without an answer yet.").Sample(status.PendingRequests);
        text.Gauge("dna_blacklist_entries", "Addresses on the blacklist.").Sample(status.Blacklisted);
    }

    private static (string Name, FamilyStatus Status)[] Families(NodeStatus status) => [("ipv4", status.V4), ("ipv6", status.V6)];

    private void WriteBudget(PrometheusText text)
    {
        text.Gauge("dna_requests_last_second", "Requests charged to the budgets within the last second.").Sample(node.Context.Gate.RequestsLastSecond(SystemClock.Instance.Now.Ms));
        TrafficFigures traffic = report.Traffic();
        text.Gauge("dna_traffic_month_bytes", "IP traffic of the month, in and out, as far as a node ran.").Sample(traffic.Used);
        text.Gauge("dna_traffic_limit_bytes", "IP traffic a month has, 0 for no limit.").Sample(traffic.Limit);
        text.Gauge("dna_soft", "1 when only what is cheap is served, as the month's traffic is nearly used up.").Sample(traffic.IsSoft ? 1 : 0);
        text.Gauge("dna_rate_limit", "Requests a second that are let in, 0 for no limit.")
            .Sample(node.Context.Gate.Limits.Global, ("scope", "global")).Sample(node.Context.Gate.Limits.PerSource, ("scope", "source"));
    }

    private void WriteStore(PrometheusText text, in StoreStatistics values)
    {
        text.Gauge("dna_store_values", "Values in the store.").Sample(values.Values);
        text.Gauge("dna_store_keys", "Infohashes with a value.").Sample(values.Keys);
        text.Gauge("dna_store_bytes", "Packed bytes of the values.").Sample(values.Bytes);
        text.Gauge("dna_store_limit_bytes", "Bytes of values at most; beyond, the largest sources are evicted.").Sample(settings.StoreBytes);
        text.Gauge("dna_store_memory_limit_bytes", "Memory for values; the rest is on the disk.").Sample(settings.MemoryBytes);
        text.Gauge("dna_store_disk_bytes", "Bytes of the store's files.").Sample(values.DiskBytes);
        text.Gauge("dna_store_uncommitted_bytes", "Bytes of the log that are not on the disk yet.").Sample(Math.Max(0, values.AppendedTicket - store.CommittedTicket));
        text.Gauge("dna_store_recovered_values", "Values the last start found.").Sample(values.Recovered);
        text.Gauge("dna_store_damaged_records", "Damaged records set aside.").Sample(values.Damaged);
        text.Gauge("dna_disk_free_bytes", "Free space where the data lives.").Sample(HealthSource.FreeBytesOf(settings.DataDirectory));
        text.Counter("dna_store_evicted_total", "Values evicted to keep the limit.").Sample(values.Evicted);
        text.Counter("dna_store_expired_total", "Expired values cleaned away.").Sample(values.ExpiredRemoved);
        if (values.Commits is { } commits) text.Histogram("dna_store_commit_seconds", "A commit, written and synced.", [commits]);
    }
}
