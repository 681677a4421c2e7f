using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary>A status report for people: what matters first, and the counters that are not zero.</summary>
internal static class StatusTable
{
    public static string Write(JsonElement status)
    {
        var table = new StringBuilder();
        Row(table, "node", Text(status, "id"));
        Row(table, "version", Text(status, "version"));
        Row(table, "up", TimeSpan.FromSeconds(status.GetProperty("uptime").GetInt64()).ToString("g", CultureInfo.InvariantCulture));
        Row(table, "addresses", string.Join(", ", status.GetProperty("addresses").EnumerateArray().Select(address => address.GetString())));
        if (status.TryGetProperty("reported_address", out JsonElement reported)) Row(table, "seen as", reported.GetString()!);
        Served(table, "HTTP", status, "http");
        Served(table, "REST proxy", status, "proxy");
        Row(table, "network", Text(status, "network"));
        Row(table, "IPv4", Family(status.GetProperty("ipv4")));
        Row(table, "IPv6", Family(status.GetProperty("ipv6")));
        if (status.TryGetProperty("health", out JsonElement health)) Row(table, "health", Health(health));
        JsonElement store = status.GetProperty("store");
        Row(table, "store", $"{Text(store, "health")}, {Text(store, "values")} values under {Text(store, "keys")} keys, {Size(store, "bytes")}, {Size(store, "disk_bytes")} on disk");
        JsonElement work = status.GetProperty("work");
        Row(table, "work", $"{Text(work, "searches")} searches, {Text(work, "pending_requests")} requests pending, {Text(work, "listeners")} listeners");
        if (status.TryGetProperty("traffic", out JsonElement traffic))
        {
            string limit = traffic.GetProperty("limit_bytes").GetInt64() > 0 ? $" of {Size(traffic, "limit_bytes")}" : "";
            Row(table, "traffic", $"{Size(traffic, "month_bytes")}{limit} this month{(traffic.GetProperty("soft").GetBoolean() ? "; only what is cheap is served" : "")}");
        }

        Row(table, "memory", Size(status.GetProperty("memory"), "resident"));
        foreach (JsonProperty counter in status.GetProperty("counters").EnumerateObject())
        {
            if (counter.Value.GetInt64() != 0) Row(table, counter.Name, counter.Value.GetInt64().ToString(CultureInfo.InvariantCulture));
        }

        return table.ToString().TrimEnd();
    }

    private static void Row(StringBuilder table, string name, string value) => table.Append(CultureInfo.InvariantCulture, $"{name,-26} {value}").Append('\n');

    // A node of an earlier version does not say it.
    private static void Served(StringBuilder table, string name, JsonElement status, string member)
    {
        if (status.TryGetProperty(member, out JsonElement addresses) && addresses.GetArrayLength() > 0) Row(table, name, string.Join(", ", addresses.EnumerateArray().Select(address => address.GetString())));
    }

    private static string Health(JsonElement health)
    {
        string[] unwell = [.. health.GetProperty("checks").EnumerateArray().Where(check => Text(check, "state") != "ok")
            .Select(check => $"{Text(check, "name")} {Text(check, "state")} ({Text(check, "reason")})")];
        return (health.GetProperty("ready").GetBoolean() ? "ready" : "not ready") + (unwell.Length == 0 ? "" : ": " + string.Join("; ", unwell));
    }

    private static string Family(JsonElement family) =>
        $"{Text(family, "state")}, {Text(family, "good")} good nodes, {Text(family, "dubious")} dubious, {Text(family, "buckets")} buckets"
        + (family.TryGetProperty("network_size", out JsonElement size) ? $", about {size.GetInt64()} in the network" : "");

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).ToString();

    private static string Size(JsonElement parent, string name) => ByteSize.Format(parent.GetProperty(name).GetInt64());
}
