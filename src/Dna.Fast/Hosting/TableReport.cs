using System.Text.Json;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Net;

namespace Dna.Fast.Hosting;

/// <summary>The routing tables as they are now, for people, <c>dna table</c> and the status page. Any thread.</summary>
internal sealed class TableReport(Node node, IClock clock)
{
    /// <summary>Writes <c>id</c>, <c>ipv4</c> and <c>ipv6</c> into the object that is open: of each family its buckets in order of their ids.</summary>
    public void Write(Utf8JsonWriter json)
    {
        long nowMs = clock.Now.Ms;
        json.WriteString("id", node.Id.ToString());
        Write(json, "ipv4", node.Context.Table4, nowMs);
        Write(json, "ipv6", node.Context.Table6, nowMs);
    }

    private static void Write(Utf8JsonWriter json, string name, RoutingTable table, long nowMs)
    {
        json.WriteStartArray(name);
        foreach (BucketInfo bucket in table.Snapshot())
        {
            json.WriteStartObject();
            json.WriteString("first", bucket.First.ToString());
            json.WriteNumber("depth", bucket.Depth);
            WriteAge(json, "replied", nowMs, bucket.RepliedMs);
            json.WriteStartArray("contacts");
            foreach (Contact contact in bucket.Contacts) Write(json, contact, nowMs);
            json.WriteEndArray();
            if (bucket.Cached is { } candidate) json.WriteString("candidate", candidate.Id.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Contact contact, long nowMs)
    {
        json.WriteStartObject();
        json.WriteString("id", contact.Id.ToString());
        json.WriteString("address", contact.Address.ToString());
        json.WriteString("state", contact.IsGood(nowMs) ? "good" : contact.IsExpired ? "expired" : "dubious");
        WriteAge(json, "heard", nowMs, contact.HeardMs);
        WriteAge(json, "replied", nowMs, contact.RepliedMs);
        json.WriteEndObject();
    }

    // Seconds ago; left out when it never happened.
    private static void WriteAge(Utf8JsonWriter json, string name, long nowMs, long thenMs)
    {
        if (thenMs != Contact.Never) json.WriteNumber(name, Math.Max(0, (nowMs - thenMs) / 1000));
    }
}
