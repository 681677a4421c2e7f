using System.Buffers;
using System.Text.Json;
using Dna.Fast.Commands;
using Dna.Fast.Health;
using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting;

/// <summary>A running node's state as one JSON object, for <c>dna status</c> and scripts.</summary>
/// <remarks>Names are lower case with underscores; sizes in bytes, times in seconds. Any thread.</remarks>
internal sealed class StatusReport(Node node, WorkerGroup workers, IValueStore store, uint network, long startedUnixMs, TimeProvider time)
{
    private static readonly (Counter Counter, string Name)[] Names = [.. Enum.GetValues<Counter>().Select(counter => (counter, SnakeCase(counter.ToString())))];

    /// <summary>What else is told, once it is there.</summary>
    public HealthMonitor? Health { get; set; }

    /// <summary>The month's traffic.</summary>
    public Func<TrafficFigures> Traffic { get; set; } = () => default;

    /// <summary>Where HTTP is served.</summary>
    public IReadOnlyList<string> Http { get; set; } = [];

    /// <summary>Where the REST proxy is served.</summary>
    public IReadOnlyList<string> Proxy { get; set; } = [];

    /// <summary>A counter's sum over the node and its sockets.</summary>
    public long Count(Counter counter)
    {
        long sum = node.Count(counter);
        foreach (CounterSet set in workers.Counters) sum += set[counter];
        return sum;
    }

    /// <summary>All drops, whatever the reason.</summary>
    public long Drops() => Names.Where(entry => entry.Name.StartsWith("drop_", StringComparison.Ordinal)).Sum(entry => Count(entry.Counter));

    public byte[] ToJson()
    {
        NodeStatus status = node.Status;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("version", VersionLine.Program);
            json.WriteString("id", status.Id.ToString());
            json.WriteNumber("network", network);
            json.WriteNumber("process", Environment.ProcessId);
            json.WriteNumber("uptime", Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - startedUnixMs) / 1000));
            json.WriteStartArray("addresses");
            foreach (NodeAddress address in workers.Bound) json.WriteStringValue(address.ToString());
            json.WriteEndArray();
            if (status.ReportedAddress.IsValid) json.WriteString("reported_address", status.ReportedAddress.ToEndPoint().Address.ToString());
            WriteList(json, "http", Http);
            WriteList(json, "proxy", Proxy);
            if (Health is { } health)
            {
                json.WriteStartObject("health");
                health.Report.Write(json);
                json.WriteEndObject();
            }

            WriteFamily(json, "ipv4", status.V4);
            WriteFamily(json, "ipv6", status.V6);
            WriteStore(json, store.Statistics);
            WriteWork(json, status);
            WriteMemory(json);
            WriteTraffic(json, Traffic());
            json.WriteStartObject("counters");
            foreach ((Counter counter, string name) in Names) json.WriteNumber(name, Count(counter));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>DropRateSource</c> is <c>drop_rate_source</c>.</summary>
    internal static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private static void WriteTraffic(Utf8JsonWriter json, TrafficFigures traffic)
    {
        json.WriteStartObject("traffic");
        json.WriteNumber("month_bytes", traffic.Used);
        json.WriteNumber("limit_bytes", traffic.Limit);
        json.WriteBoolean("soft", traffic.IsSoft);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> entries)
    {
        json.WriteStartArray(name);
        foreach (string entry in entries) json.WriteStringValue(entry);
        json.WriteEndArray();
    }

    private static void WriteFamily(Utf8JsonWriter json, string name, in FamilyStatus family)
    {
        json.WriteStartObject(name);
        json.WriteString("state", SnakeCase(family.Connectivity.ToString()));
        json.WriteNumber("good", family.Good);
        json.WriteNumber("dubious", family.Dubious);
        json.WriteNumber("incoming", family.Incoming);
        json.WriteNumber("buckets", family.Buckets);
        json.WriteNumber("network_size", family.NetworkSize);
        json.WriteEndObject();
    }

    private static void WriteStore(Utf8JsonWriter json, in StoreStatistics store)
    {
        json.WriteStartObject("store");
        json.WriteString("health", store.Health);
        json.WriteNumber("values", store.Values);
        json.WriteNumber("bytes", store.Bytes);
        json.WriteNumber("keys", store.Keys);
        json.WriteNumber("disk_bytes", store.DiskBytes);
        json.WriteNumber("evicted", store.Evicted);
        json.WriteNumber("expired_removed", store.ExpiredRemoved);
        json.WriteNumber("recovered", store.Recovered);
        json.WriteNumber("damaged", store.Damaged);
        json.WriteEndObject();
    }

    private static void WriteWork(Utf8JsonWriter json, NodeStatus status)
    {
        json.WriteStartObject("work");
        json.WriteNumber("searches", status.Searches);
        json.WriteNumber("pending_requests", status.PendingRequests);
        json.WriteNumber("listeners", status.Listeners);
        json.WriteNumber("subscriptions", status.Subscriptions);
        json.WriteNumber("permanent_puts", status.PermanentPuts);
        json.WriteNumber("blacklisted", status.Blacklisted);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("resident", Environment.WorkingSet);
        json.WriteNumber("managed", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteNumber("allocated", GC.GetTotalAllocatedBytes());
        json.WriteNumber("collections", GC.CollectionCount(0));
        json.WriteEndObject();
    }
}
