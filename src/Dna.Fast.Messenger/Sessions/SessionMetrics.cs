using System.Diagnostics.Metrics;

namespace Dna.Fast.Messenger;

/// <summary>A session in numbers, for whatever collects <see cref="Meter"/>s; nothing is counted for it alone.</summary>
/// <remarks>The names are in this project's README. The meter has a tag <c>user</c>, the first 16 digits of the fingerprint, as a process may have several sessions.</remarks>
internal sealed class SessionMetrics : IDisposable
{
    /// <summary>Digits of a fingerprint that tell users apart.</summary>
    private const int UserDigits = 16;

    private readonly Meter _meter;

    public SessionMetrics(UserScope scope)
    {
        _meter = new Meter(MessengerSession.MeterName, version: null, [new("user", scope.Keys.Fingerprint[..UserDigits])]);
        _meter.CreateObservableGauge("dna_cache_entries", () => OfRegions(scope, region => region.Entries), description: "Entries of each region of the caches.");
        _meter.CreateObservableGauge("dna_cache_bytes", () => OfRegions(scope, region => region.Bytes), "By", "Bytes of the entries.");
        _meter.CreateObservableCounter("dna_cache_lookups_total", () => Lookups(scope), description: "Records asked for, by where the answer came from.");
        _meter.CreateObservableCounter("dna_cache_loads_total", () => Loads(scope), description: "Searches of the network, by whether they ended in knowledge.");
        _meter.CreateObservableCounter("dna_cache_changes_total", () => Changes(scope), description: "Entries that came, changed and went, by why.");
        _meter.CreateObservableGauge("dna_publish_items", () => scope.Publishing.Statistics.Waiting, description: "Items of the publish queue that have not ended.");
        _meter.CreateObservableCounter("dna_publish_ended_total", () => Published(scope), description: "Items of the publish queue that ended, by how.");
        _meter.CreateObservableCounter("dna_direct_total", () => Direct(scope), description: "Direct connections and messages, by how they ended.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> OfRegions(UserScope scope, Func<RegionStatistics, long> number) =>
        Regions(scope).Select(region => new Measurement<long>(number(region), [new("region", region.Name)]));

    private static IEnumerable<Measurement<long>> Lookups(UserScope scope) => Regions(scope).SelectMany(region => By(
        region.Name, ("hit", region.Hits), ("stale", region.StaleHits), ("absent", region.AbsentHits), ("miss", region.Misses)));

    private static IEnumerable<Measurement<long>> Loads(UserScope scope) => Regions(scope).SelectMany(region => By(
        region.Name, ("known", region.Loads - region.LoadsFailed), ("failed", region.LoadsFailed)));

    private static IEnumerable<Measurement<long>> Changes(UserScope scope) => Regions(scope).SelectMany(region => By(
        region.Name, ("added", region.Added), ("refreshed", region.Refreshed), ("expired", region.Expired), ("invalidated", region.Invalidated), ("evicted", region.Evicted)));

    private static IEnumerable<Measurement<long>> By(string region, params (string Result, long Count)[] counts) =>
        counts.Select(count => new Measurement<long>(count.Count, [new("region", region), new("result", count.Result)]));

    private static Measurement<long>[] Published(UserScope scope)
    {
        PublishStatistics now = scope.Publishing.Statistics;
        return [Of("published", now.Published), Of("failed", now.Failed), Of("cancelled", now.Cancelled), Of("refused", now.RefusedFull + now.RefusedInvalid)];
    }

    private static Measurement<long>[] Direct(UserScope scope)
    {
        DirectStatistics now = scope.Direct.Counters.Read();
        return
        [
            Of("delivered", now.Delivered), Of("already_delivered", now.AlreadyDelivered), Of("full", now.Full), Of("too_many", now.TooMany), Of("too_slow", now.TooSlow),
            Of("wrong_length", now.WrongLength), Of("broken", now.Broken), Of("not_for_us", now.NotForUs), Of("unasked", now.Unasked), Of("not_taken", now.NotTaken),
            Of("sent", now.Sent), Of("sent_otherwise", now.SentOtherwise),
        ];
    }

    private static Measurement<long> Of(string result, long count) => new(count, [new("result", result)]);

    private static IReadOnlyList<RegionStatistics> Regions(UserScope scope) => scope.Caches?.Records.Manager.Statistics.Regions ?? [];
}
