using System.Text.Json;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Proxy;

/// <summary>What a proxy tells of its node and of itself, by the names stock gives them (wire specification, section 9.5).</summary>
internal sealed class ProxyInfo(Node node, WorkerGroup workers, IValueStore store, ProxyFigures figures, TimeProvider time)
{
    /// <summary>Requests a second are counted over at least this long.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _openedMs = node.OwnerTurnedMs;
    private readonly long _startedUnix = time.GetUtcNow().ToUnixTimeSeconds();
    private long _stamp = time.GetTimestamp();
    private long _requests;
    private double _rate;

    /// <summary>False until the node's owner turned since the proxy was opened: what it would tell before is nothing.</summary>
    public bool IsReady => node.OwnerTurnedMs != _openedMs;

    /// <summary>Writes the node's information into the object that is open.</summary>
    /// <param name="identity">Key id of who signs here, or null.</param>
    /// <param name="asker">The client, which learns its public address; default: not told.</param>
    public void WriteNode(Utf8JsonWriter json, PermanentPuts puts, InfoHash? identity, in NodeAddress asker)
    {
        NodeStatus status = node.Status;
        StoreStatistics stored = store.Statistics;
        if (identity is { } id) json.WriteString("id", id.ToString());
        WriteFamily(json, "ipv4", status.V4);
        WriteFamily(json, "ipv6", status.V6);
        json.WriteNumber("local_storage_size", puts.Figures.Bytes);
        json.WriteNumber("local_storage_values", figures.PermanentPuts);
        json.WriteString("node_id", status.Id.ToString());
        json.WriteNumber("ops", status.Searches);
        foreach (NodeAddress bound in workers.Bound.DistinctBy(bound => bound.Family)) json.WriteNumber(bound.IsV4 ? "port_ipv4" : "port_ipv6", bound.Port);
        if (asker.IsValid) json.WriteString("public_ip", asker.ToEndPoint().Address.ToString());
        json.WriteNumber("storage_size", stored.Bytes);
        json.WriteNumber("storage_values", stored.Values);
    }

    /// <summary>Writes the statistics into the object that is open.</summary>
    public void WriteStats(Utf8JsonWriter json, PermanentPuts puts, InfoHash? identity)
    {
        json.WriteNumber("lastUpdated", time.GetUtcNow().ToUnixTimeSeconds());
        json.WriteNumber("listenCount", figures.Listens);
        json.WriteStartObject("nodeInfo");
        WriteNode(json, puts, identity, default);
        json.WriteEndObject();
        // No push notifications are sent, so nobody listens for them.
        json.WriteNumber("pushListenersCount", 0);
        json.WriteNumber("putCount", puts.Figures.Keys);
        json.WriteNumber("requestRate", RequestRate());
        json.WriteNumber("serverStartTime", _startedUnix);
        json.WriteNumber("totalPermanentPuts", figures.PermanentPuts);
    }

    private static void WriteFamily(Utf8JsonWriter json, string name, in FamilyStatus family)
    {
        json.WriteStartObject(name);
        json.WriteNumber("dubious", family.Dubious);
        json.WriteNumber("good", family.Good);
        json.WriteNumber("incoming", family.Incoming);
        // Stock says nothing of the size while its table is whole.
        if (family.Depth > 1)
        {
            json.WriteNumber("network_size_estimation", family.NetworkSize);
            json.WriteNumber("table_depth", family.Depth);
        }

        json.WriteEndObject();
    }

    private double RequestRate()
    {
        lock (_lock)
        {
            TimeSpan since = time.GetElapsedTime(_stamp);
            if (since < RateWindow) return _rate;
            long requests = figures.Requests;
            _rate = Math.Round((requests - _requests) / since.TotalSeconds, 3);
            (_stamp, _requests) = (time.GetTimestamp(), requests);
            return _rate;
        }
    }
}
