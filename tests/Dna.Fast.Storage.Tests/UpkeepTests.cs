using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>What happens to a store in the background: expiry, compaction, eviction, checkpoints.</summary>
public sealed class UpkeepTests : IDisposable
{
    private const int TimeoutMs = 30_000;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private long Now => _folder.Clock.NowUnixMs;

    [Fact]
    public void Expired_values_are_counted_and_told_of_once()
    {
        using FasterValueStore store = _folder.Open();
        Observer observer = new();
        store.Observe(observer);
        for (int i = 0; i < 300; i++) Samples.Put(store, i % 100, (ulong)i + 1, new byte[50], Now, Now + 1000 + i);
        _folder.Clock.NowUnixMs += 1100;
        store.Keeper.Sweep();
        store.Keeper.Sweep();
        Assert.Equal(101, store.Statistics.ExpiredRemoved);
        Assert.Equal((199, 199 * 50, 100), (store.Statistics.Values, store.Statistics.Bytes, store.Statistics.Keys));
        Assert.Equal(101, observer.Removals.Distinct().Count());
        Assert.All(observer.Removals, static removal => Assert.Equal(RemovalReason.Expired, removal.Reason));
        _folder.Clock.NowUnixMs += 10_000;
        store.Keeper.Sweep();
        Assert.Equal((0, 0, 0, 300), (store.Statistics.Values, store.Statistics.Bytes, store.Statistics.Keys, store.Statistics.ExpiredRemoved));
    }

    [Fact]
    public void The_keeper_finds_by_itself_that_something_has_expired()
    {
        using FasterValueStore store = _folder.Open(static options => options with { Upkeep = true });
        for (int i = 0; i < 100; i++) Samples.Put(store, i, 1, [1], Now, Now + 1000);
        _folder.Clock.NowUnixMs += 120_000;
        Assert.True(SpinWait.SpinUntil(() => store.Statistics.Values == 0, TimeoutMs));
    }

    [Fact]
    public void Pain_42_when_everything_expires_the_disk_shrinks()
    {
        using FasterValueStore store = _folder.Open(static options => options with { SegmentBits = 18, WalBytes = 1 << 20 });
        for (int i = 0; i < 6_000; i++) Samples.Put(store, i, 1, new byte[2_000], Now, Now + (i % 50 == 0 ? 1_000_000_000 : 1000));
        store.Keeper.RunOnce();
        long full = store.Statistics.DiskBytes;
        Assert.InRange(full, 10_000_000, 100_000_000);
        _folder.Clock.NowUnixMs += 120_000;
        store.Keeper.Sweep();
        for (int i = 0; i < 4; i++) store.Keeper.RunOnce();
        Assert.InRange(store.Statistics.DiskBytes, 1, full / 3);
        for (int i = 0; i < 6_000; i++) Assert.Equal(i % 50 == 0, store.Contains(Samples.Key(i), Now));
    }

    [Fact]
    public void Pain_7_values_written_over_and_over_do_not_fill_the_disk_and_survive()
    {
        using (FasterValueStore store = _folder.Open(static options => options with { SegmentBits = 18, WalBytes = 1 << 20 }))
        {
            for (int round = 0; round < 60; round++)
            {
                for (int i = 1; i < 500; i++) Samples.Put(store, i % 200, (ulong)i, Packed(i, round), Now, long.MaxValue);
                store.Keeper.RunOnce();
            }

            // Half a megabyte of values, thirty written.
            Assert.InRange(store.Statistics.DiskBytes, 1, 16_000_000);
            Check(store);
        }

        using FasterValueStore again = _folder.Open(static options => options with { SegmentBits = 18 });
        Check(again);

        static byte[] Packed(int i, int round) => [.. Enumerable.Repeat((byte)(i + round), 1000)];

        void Check(FasterValueStore store)
        {
            Assert.Equal((499, 499_000), (store.Statistics.Values, store.Statistics.Bytes));
            for (int i = 1; i < 500; i++)
            {
                Collector collector = new();
                Assert.True(store.ReadOne(Samples.Key(i % 200), (ulong)i, Now, collector), $"{i}");
                Assert.Equal(Packed(i, 59), collector.Seen[0].Packed);
            }
        }
    }

    [Fact]
    public void Readers_never_miss_a_value_while_it_is_compacted()
    {
        using FasterValueStore store = _folder.Open(static options => options with { SegmentBits = 17, WalBytes = 1 << 19 });
        for (int i = 0; i < 3_000; i++) Samples.Put(store, i, 1, new byte[1500], Now, long.MaxValue);
        bool stop = false;
        long reads = 0, misses = 0;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(seed => new Thread(() =>
        {
            Random random = new(seed);
            while (!Volatile.Read(ref stop))
            {
                if (!store.Contains(Samples.Key(random.Next(3_000)), Now)) Interlocked.Increment(ref misses);
                Interlocked.Increment(ref reads);
            }
        }))];
        foreach (Thread reader in readers) reader.Start();
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 1_000; i++) Samples.Put(store, i, 1, new byte[1500 + round], Now, long.MaxValue);
            store.Keeper.RunOnce();
        }

        Volatile.Write(ref stop, true);
        foreach (Thread reader in readers) reader.Join();
        Assert.Equal(0, misses);
        Assert.True(reads > 1000);
    }

    [Fact]
    public void The_source_that_occupies_most_is_evicted_first_and_what_expires_soonest_of_it()
    {
        const int Limit = 1_000_000;
        using FasterValueStore store = _folder.Open(static options => options with { LimitBytes = Limit });
        Observer observer = new();
        store.Observe(observer);
        SourceLedger ledger = store.Ledger;
        uint small = 1, heavy = 2;
        while (ledger.AccountOf(SourcePrefix.Of(Source(heavy))) == ledger.AccountOf(SourcePrefix.Of(Source(small)))) heavy++;
        for (int i = 0; i < 100; i++) PutFrom(store, i, small, Now + 1_000_000);
        for (int i = 100; i < 1_000; i++) PutFrom(store, i, heavy, Now + (long)1_000_000 * (1 + i % 10));
        store.Keeper.RunOnce();

        Assert.InRange(store.Statistics.Evicted, 1, 900);
        Assert.Equal(store.Statistics.Evicted, observer.Removals.Length);
        Assert.All(observer.Removals, removal => Assert.Equal(RemovalReason.Evicted, removal.Reason));
        for (int i = 0; i < 100; i++) Assert.True(store.Contains(Samples.Key(i), Now));
        long charge = store.Statistics.Bytes + store.Statistics.Values * StoreTotals.SlotOverheadBytes;
        Assert.InRange(charge, Limit * 14 / 16, Limit * 15 / 16);

        // Of the heavy source, no value stayed that had less than half the time of one that went.
        HashSet<InfoHash> gone = [.. observer.Removals.Select(static removal => removal.Key)];
        long latestGone = Enumerable.Range(100, 900).Where(i => gone.Contains(Samples.Key(i))).Max(static i => 1L + i % 10);
        long soonestKept = Enumerable.Range(100, 900).Where(i => !gone.Contains(Samples.Key(i))).Min(static i => 1L + i % 10);
        Assert.True(latestGone <= 2 * soonestKept, $"gone {latestGone}, kept {soonestKept}");
    }

    [Fact]
    public void Evicted_values_stay_away_after_a_restart()
    {
        long evicted;
        using (FasterValueStore store = _folder.Open(static options => options with { LimitBytes = 200_000 }))
        {
            for (int i = 0; i < 190; i++) PutFrom(store, i, 1, Now + 1_000_000);
            store.Keeper.RunOnce();
            evicted = store.Statistics.Evicted;
            Assert.InRange(evicted, 1, 100);
        }

        using FasterValueStore again = _folder.Open();
        Assert.Equal(190 - evicted, again.Statistics.Values);
        Assert.Equal(190 - evicted, Enumerable.Range(0, 190).Count(i => again.Contains(Samples.Key(i), Now)));
    }

    [Fact]
    public void Far_above_the_limit_strangers_are_refused_and_own_values_are_not()
    {
        using FasterValueStore store = _folder.Open(static options => options with { LimitBytes = 100_000 });
        PutStatus status = PutStatus.Stored;
        int stored = 0;
        while (status == PutStatus.Stored && stored < 1000) status = PutFrom(store, stored++, 1, Now + 1_000_000);
        Assert.Equal(PutStatus.StoreFull, status);
        Assert.InRange(stored, 90, 101);
        Assert.Equal(PutStatus.Stored, Samples.Put(store, 5000, 1, new byte[1000], Now, long.MaxValue).Status);
        store.Keeper.RunOnce();
        Assert.Equal(PutStatus.Stored, PutFrom(store, 6000, 1, Now + 1_000_000));
    }

    [Fact]
    public void The_limit_may_change_while_the_store_is_open()
    {
        using FasterValueStore store = _folder.Open(static options => options with { LimitBytes = 1_000_000 });
        for (int i = 0; i < 100; i++) Assert.Equal(PutStatus.Stored, PutFrom(store, i, 1, Now + 1_000_000));
        store.LimitBytes = 50_000;
        Assert.Equal(PutStatus.StoreFull, PutFrom(store, 100, 1, Now + 1_000_000));
        store.Keeper.RunOnce();
        Assert.InRange(store.Statistics.Bytes + store.Statistics.Values * StoreTotals.SlotOverheadBytes, 40_000, 50_000);
        store.LimitBytes = 1_000_000;
        Assert.Equal(PutStatus.Stored, PutFrom(store, 100, 1, Now + 1_000_000));
    }

    [Fact]
    public void Own_values_are_never_evicted()
    {
        using FasterValueStore store = _folder.Open(static options => options with { LimitBytes = 50_000 });
        for (int i = 0; i < 100; i++) Samples.Put(store, i, 1, new byte[1000], Now, long.MaxValue);
        for (int i = 0; i < 3; i++) store.Keeper.RunOnce();
        Assert.Equal((100, 0), (store.Statistics.Values, store.Statistics.Evicted));
    }

    [Fact]
    public void A_long_write_ahead_log_becomes_a_checkpoint_by_itself()
    {
        using FasterValueStore store = _folder.Open(static options => options with { WalBytes = 1 << 20, Upkeep = true });
        for (int i = 0; i < 2_000; i++) Samples.Put(store, i, 1, new byte[1000], Now, long.MaxValue);
        Assert.True(SpinWait.SpinUntil(() => _folder.Files("checkpoint").Any(static file => file.EndsWith(".state", StringComparison.Ordinal)), TimeoutMs));
    }

    [Fact]
    public void A_scan_shows_every_live_value_once()
    {
        using FasterValueStore store = _folder.Open();
        Samples.Fill(store, _folder.Clock, 2_000);
        Samples.Fill(store, _folder.Clock, 1_000);
        store.Remove(Samples.KeyOf(7), 8);
        Dictionary<InfoHash, List<StoreModel.Value>> all = StoreModel.ReadAll(store, Now);
        Assert.Equal(1_999, all.Values.Sum(static values => values.Count));
    }

    private static NodeAddress Source(uint host) => NodeAddress.V4(0xC000_0200 + host, 4000);

    private PutStatus PutFrom(FasterValueStore store, int key, uint host, long expires) =>
        Samples.Put(store, key, 1, new byte[1000], Now, expires, source: Source(host)).Status;
}
