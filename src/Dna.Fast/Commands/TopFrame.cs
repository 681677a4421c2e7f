using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary>One screen of <c>dna top</c>, from two status reports.</summary>
internal static class TopFrame
{
    /// <summary>Rates shown, the fastest first.</summary>
    private const int RatesMax = 24;

    /// <param name="before">The report before, or null: then no rates.</param>
    /// <param name="elapsed">Between the two.</param>
    public static string Write(JsonElement? before, JsonElement now, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        JsonElement health = now.GetProperty("health"), store = now.GetProperty("store"), work = now.GetProperty("work");
        string verdict = health.GetProperty("ready").GetBoolean() ? "ready" : "NOT READY";
        TimeSpan up = TimeSpan.FromSeconds(now.GetProperty("uptime").GetInt64());
        text.Append(CultureInfo.InvariantCulture, $"{verdict}   {now.GetProperty("id").GetString()}   up {up:g}   {now.GetProperty("version").GetString()}\n");
        foreach (JsonElement check in health.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("state").GetString() != "ok"))
            text.Append(CultureInfo.InvariantCulture, $"  {check.GetProperty("name").GetString()} {check.GetProperty("state").GetString()}: {check.GetProperty("reason").GetString()}\n");
        text.Append(CultureInfo.InvariantCulture, $"contacts  IPv4 {Family(now, "ipv4")}   IPv6 {Family(now, "ipv6")}\n");
        text.Append(CultureInfo.InvariantCulture, $"store     {Number(store, "values")} values, {Number(store, "keys")} keys, {Size(store, "bytes")}, {Size(store, "disk_bytes")} on disk, {Number(store, "evicted")} evicted\n");
        text.Append(CultureInfo.InvariantCulture, $"work      {Number(work, "listeners")} listeners, {Number(work, "searches")} searches, {Number(work, "pending_requests")} requests pending\n");
        text.Append(CultureInfo.InvariantCulture, $"memory    {Size(now.GetProperty("memory"), "resident")}\n");
        if (before is { } old) WriteRates(text, old.GetProperty("counters"), now.GetProperty("counters"), elapsed.TotalSeconds);
        return text.ToString().TrimEnd();
    }

    private static void WriteRates(StringBuilder text, JsonElement before, JsonElement now, double seconds)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{"",-28} {"a second",12} {"since start",16}\n");
        var rates = now.EnumerateObject()
            .Select(counter => (counter.Name, Total: counter.Value.GetInt64(), Rate: (counter.Value.GetInt64() - Before(before, counter.Name)) / Math.Max(seconds, 0.001)))
            .Where(entry => entry.Rate > 0)
            .OrderByDescending(entry => entry.Rate)
            .Take(RatesMax)
            .ToList();
        foreach ((string name, long total, double rate) in rates) text.Append(CultureInfo.InvariantCulture, $"{name.Replace('_', ' '),-28} {rate,12:F1} {total,16}\n");
        if (rates.Count == 0) text.Append("nothing happened\n");
    }

    private static long Before(JsonElement before, string name) => before.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static string Family(JsonElement now, string name)
    {
        JsonElement family = now.GetProperty(name);
        return string.Create(CultureInfo.InvariantCulture, $"{family.GetProperty("good").GetInt32()} good, {family.GetProperty("dubious").GetInt32()} dubious");
    }

    private static string Number(JsonElement parent, string name) => parent.GetProperty(name).GetInt64().ToString(CultureInfo.InvariantCulture);

    private static string Size(JsonElement parent, string name) => ByteSize.Format(parent.GetProperty(name).GetInt64());
}
