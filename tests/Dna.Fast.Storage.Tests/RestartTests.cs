using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>What is there after closing and opening again.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Values = 3_000;
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_comes_back_from_the_write_ahead_log_alone()
    {
        using (FasterValueStore store = _folder.Open()) Samples.Fill(store, _folder.Clock, Values);
        Assert.Empty(_folder.Files("checkpoint"));
        using FasterValueStore again = _folder.Open();
        Samples.Check(again, _folder.Clock, Values);
        Assert.Equal((Values, 0, "ok"), (again.Statistics.Recovered, again.Statistics.Damaged, again.Statistics.Health));
    }

    [Fact]
    public void Everything_comes_back_from_a_checkpoint()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Fill(store, _folder.Clock, Values);
            Assert.True(store.Keeper.Checkpoint());
        }

        using FasterValueStore again = _folder.Open();
        Samples.Check(again, _folder.Clock, Values);
    }

    [Fact]
    public void Everything_comes_back_from_a_checkpoint_and_the_write_ahead_log()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Fill(store, _folder.Clock, Values / 2);
            Assert.True(store.Keeper.Checkpoint());
            Samples.Fill(store, _folder.Clock, Values);
        }

        for (int round = 0; round < 3; round++)
        {
            using FasterValueStore again = _folder.Open();
            Samples.Check(again, _folder.Clock, Values);
            if (round == 1) Assert.True(again.Keeper.Checkpoint());
        }
    }

    [Fact]
    public void Old_logs_go_when_two_checkpoints_cover_them()
    {
        using (FasterValueStore store = _folder.Open()) Samples.Fill(store, _folder.Clock, Values);
        string[] before = _folder.Files("wal");
        using FasterValueStore again = _folder.Open();
        Assert.True(again.Keeper.Checkpoint());
        Assert.Equal(before, _folder.Files("wal").Intersect(before));
        Samples.Put(again, 1, 1, [1], _folder.Clock.NowUnixMs, long.MaxValue);
        Assert.True(again.Keeper.Checkpoint());
        Assert.Empty(_folder.Files("wal").Intersect(before));
        Assert.Equal(4, _folder.Files("checkpoint").Length);
    }

    [Fact]
    public void Another_size_of_memory_costs_a_rebuild_and_no_value()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Fill(store, _folder.Clock, Values);
            for (int i = 0; i < 2; i++) Assert.True(store.Keeper.Checkpoint());
        }

        for (int round = 0; round < 3; round++)
        {
            using FasterValueStore again = _folder.Open(static options => options with { MemoryBytes = 16 << 20 });
            Samples.Check(again, _folder.Clock, Values);
            Assert.Equal((0, "ok"), (again.Statistics.Damaged, again.Statistics.Health));
            again.Keeper.RunOnce();
        }

        Assert.Single(_folder.Files("values").Select(static file => Path.GetFileNameWithoutExtension(file)).Distinct());
    }

    [Fact]
    public void Another_size_of_memory_after_a_crash_finds_no_damage()
    {
        using (FasterValueStore store = _folder.Open()) Samples.Fill(store, _folder.Clock, Values);
        byte[] packed = new byte[400];
        using (FasterValueStore store = _folder.Open())
        {
            // Two checkpoints that drop the first write-ahead log: a rebuild then needs the value log.
            for (int i = 0; i < 2; i++)
            {
                Samples.Put(store, 1, 4711, [1], _folder.Clock.NowUnixMs, long.MaxValue);
                Assert.True(store.Keeper.Checkpoint());
            }

            for (int i = 0; i < 20; i++) Samples.Put(store, 2, (ulong)i + 1, packed, _folder.Clock.NowUnixMs, long.MaxValue);
            store.Keeper.Sweep();
        }

        // As a kill leaves it: written up to a sector, in the middle of a record.
        string log = _folder.Files("values")[^1];
        using (FileStream file = new(log, FileMode.Open)) file.SetLength(file.Length - 1024);

        using FasterValueStore again = _folder.Open(static options => options with { MemoryBytes = 16 << 20 });
        Assert.Equal((Values + 21, 0, "ok"), (again.Statistics.Values, again.Statistics.Damaged, again.Statistics.Health));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "damaged")));
    }

    [Fact]
    public void Checkpoints_amid_the_puts_of_many_threads_lose_none()
    {
        const int Threads = 4, Each = 1_500;
        long now = _folder.Clock.NowUnixMs;
        using (FasterValueStore store = _folder.Open())
        {
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
            {
                for (int i = 0; i < Each; i++) Samples.Put(store, i % 40, (ulong)(thread * Each + i + 1), BitConverter.GetBytes(thread * Each + i), now, long.MaxValue);
            }))];
            foreach (Thread thread in threads) thread.Start();
            while (threads.Any(static thread => thread.IsAlive)) Assert.True(store.Keeper.Checkpoint());
        }

        using FasterValueStore again = _folder.Open();
        Assert.Equal((Threads * Each, 40, 0), (again.Statistics.Values, again.Statistics.Keys, again.Statistics.Damaged));
        for (int id = 0; id < Threads * Each; id++)
        {
            Collector collector = new();
            Assert.True(again.ReadOne(Samples.Key(id % Each % 40), (ulong)id + 1, now, collector), $"value {id}");
            Assert.Equal(BitConverter.GetBytes(id), collector.Seen[0].Packed);
        }
    }

    [Fact]
    public void What_expired_meanwhile_does_not_come_back()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Put(store, 1, 1, [1], _folder.Clock.NowUnixMs, expires: _folder.Clock.NowUnixMs + 1000);
            Samples.Put(store, 1, 2, [2], _folder.Clock.NowUnixMs, expires: _folder.Clock.NowUnixMs + 9000);
        }

        _folder.Clock.NowUnixMs += 5000;
        using FasterValueStore again = _folder.Open();
        Collector collector = new();
        again.Read(Samples.Key(1), _folder.Clock.NowUnixMs, collector);
        Assert.Equal(2UL, Assert.Single(collector.Seen).Slot.ValueId);
    }

    [Fact]
    public void A_value_refreshed_beyond_its_first_expiry_survives_a_restart_after_it()
    {
        long now = _folder.Clock.NowUnixMs;
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Put(store, 1, 1, [1], now, expires: now + 1000);
            store.Refresh(Samples.Key(1), 1, now + 500, now + 100_000, durable: true, now + 500);
        }

        _folder.Clock.NowUnixMs = now += 5000;
        using FasterValueStore again = _folder.Open();
        Assert.True(again.Contains(Samples.Key(1), now));
    }

    [Fact]
    public void Removals_refreshes_and_edits_come_back_in_order()
    {
        long now = _folder.Clock.NowUnixMs;
        using (FasterValueStore store = _folder.Open())
        {
            for (ulong id = 1; id <= 5; id++) Samples.Put(store, 1, id, [(byte)id], now, now + 9000);
            store.Remove(Samples.Key(1), 2);
            store.Refresh(Samples.Key(1), 3, now + 5, now + 20_000, durable: true, now);
            Samples.Put(store, 1, 4, [44, 44], now, now + 8000);
            Samples.Put(store, 1, 2, [22], now, now + 9000);
        }

        using FasterValueStore again = _folder.Open();
        Collector collector = new();
        again.Read(Samples.Key(1), now, collector);
        Assert.Equal([1UL, 3UL, 4UL, 5UL, 2UL], collector.Seen.Select(static seen => seen.Slot.ValueId));
        Assert.Equal([44, 44], collector.Seen[2].Packed);
        Assert.Equal((now + 5, now + 20_000), (collector.Seen[1].Slot.CreatedUnixMs, collector.Seen[1].Slot.ExpiresUnixMs));
    }
}

/// <summary>Values that can be told from each other.</summary>
internal static class Samples
{
    public static InfoHash Key(int number) => InfoHash.Of(BitConverter.GetBytes(number));

    public static PutResult Put(
        IValueStore store, int key, ulong id, byte[] packed, long now, long expires, bool durable = false, NodeAddress source = default) =>
        store.Put(Key(key), new SlotInfo(id, 3, now, expires, source), packed, durable, now, Policy.Replacing);

    /// <summary>Value number i: three to a key for every third key, one to each other; 1 to 2000 bytes.</summary>
    public static void Fill(IValueStore store, ManualClock clock, int values)
    {
        for (int i = 0; i < values; i++)
        {
            PutStatus status = store.Put(KeyOf(i), SlotOf(i, clock), PackedOf(i), durable: false, clock.NowUnixMs, Policy.Replacing).Status;
            Assert.True(status is PutStatus.Stored or PutStatus.Refreshed, $"value {i}: {status}");
        }
    }

    public static void Check(IValueStore store, ManualClock clock, int values)
    {
        for (int i = 0; i < values; i++)
        {
            Collector collector = new();
            Assert.True(store.ReadOne(KeyOf(i), (ulong)i + 1, clock.NowUnixMs, collector), $"value {i} is missing");
            (SlotInfo slot, byte[] packed) = Assert.Single(collector.Seen);
            Assert.Equal(SlotOf(i, clock), slot);
            Assert.Equal(PackedOf(i), packed);
        }

        Assert.Equal(values, store.Statistics.Values);
        Assert.Equal(Enumerable.Range(0, values).Sum(static i => (long)PackedOf(i).Length), store.Statistics.Bytes);
        Assert.Equal(Enumerable.Range(0, values).Select(KeyNumber).Distinct().Count(), store.Statistics.Keys);
    }

    public static InfoHash KeyOf(int i) => Key(KeyNumber(i));

    public static byte[] PackedOf(int i)
    {
        byte[] packed = new byte[1 + i * 7919 % 2000];
        new Random(i).NextBytes(packed);
        return packed;
    }

    public static SlotInfo SlotOf(int i, ManualClock clock) =>
        new((ulong)i + 1, (ushort)(i % 9), clock.NowUnixMs - i, clock.NowUnixMs + 3_600_000 + i, NodeAddress.V4(0xC000_0200 + (uint)i % 200, 4000));

    private static int KeyNumber(int i) => i % 9 < 3 ? i / 9 * 9 : i;
}
