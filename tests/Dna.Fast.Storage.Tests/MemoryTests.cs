using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;

namespace Dna.Fast.Storage.Tests;

/// <summary>What the store allocates, and what it keeps.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class MemoryTests : IDisposable
{
    private const int Windows = 50;
    private const int WindowOperations = 50;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The least a window of operations allocated: a page of the log that fills up costs a few objects now and then, an operation none.</summary>
    private static long LeastAllocated(Action<int> operation)
    {
        for (int i = 0; i < 200; i++) operation(i);
        long least = long.MaxValue;
        for (int window = 0; window < Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < WindowOperations; i++) operation(window * WindowOperations + i);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    [Fact]
    public void Reading_from_memory_allocates_nothing()
    {
        using FasterValueStore store = _folder.Open();
        Summer summer = new();
        long now = _folder.Clock.NowUnixMs;
        for (int i = 0; i < 400; i++) store.Put(Keys[i / 2], new SlotInfo((ulong)i + 1, 3, now, long.MaxValue, default), [1], false, now, Policy.Replacing);
        Assert.Equal(0, LeastAllocated(i =>
        {
            store.Read(Keys[i % 200], now, summer);
            store.ReadOne(Keys[i % 200], (ulong)(i % 200) * 2 + 1, now, summer);
            store.Contains(Keys[i % 200], now);
        }));
        Assert.True(summer.Bytes > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_from_the_disk_allocates_nothing(bool reopened)
    {
        long now = _folder.Clock.NowUnixMs;
        FasterValueStore store = _folder.Open();
        byte[] packed = new byte[200];
        const int Count = 40_000;
        for (int i = 0; i < Count; i++) store.Put(Samples.Key(i), new SlotInfo(1, 3, now, long.MaxValue, default), packed, false, now, Policy.Replacing);

        // Two values under some keys: those take three reads. Then as much again, so that the directories lie on the disk too.
        for (int i = 0; i < 100; i++) store.Put(Samples.Key(i), new SlotInfo(2, 3, now, long.MaxValue, default), packed, false, now, Policy.Replacing);
        for (int i = Count; i < 2 * Count; i++) store.Put(Samples.Key(i), new SlotInfo(1, 3, now, long.MaxValue, default), packed, false, now, Policy.Replacing);
        store.Keeper.RunOnce();
        if (reopened)
        {
            Assert.True(store.Keeper.Checkpoint());
            store.Dispose();
            store = _folder.Open();
        }

        using FasterValueStore opened = store;
        Wire.InfoHash[] keys = [.. Enumerable.Range(0, 1000).Select(Samples.Key)];
        Summer summer = new();
        for (int i = 0; i < 1000; i++) opened.Read(keys[i], now, summer);
        Assert.Equal(1100 * 200, summer.Bytes);

        // Where the chain of the index begins with a record in memory, of another key, FASTER does the reading: of these keys 1 in 100 or less.
        Assert.InRange(keys.Count(key => LeastOf3(() => opened.Read(key, now, summer)) > 0), 0, 50);
        Assert.InRange(keys.Take(100).Count(key => LeastOf3(() => opened.ReadOne(key, 2, now, summer)) > 0), 0, 10);
        Assert.Equal("ok", opened.Statistics.Health);
    }

    // The first call of a session makes its buffers.
    private static long LeastOf3(Action read)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            read();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_small_put_allocates_nothing(bool durable)
    {
        using FasterValueStore store = _folder.Open();
        long now = _folder.Clock.NowUnixMs;
        byte[] one = new byte[100], other = new byte[100];
        other[0] = 1;
        int next = 0;
        Assert.Equal(0, LeastAllocated(i =>
        {
            SlotInfo slot = new(1 + (ulong)(next % 3), 3, now + i, now + 1_000_000 + i, default);
            store.Put(Keys[next++ / 3 % 200], slot, i % 2 == 0 ? one : other, durable, now, Policy.Replacing);
        }));
        Assert.Equal(600, store.Statistics.Values);
    }

    [Fact]
    public void Refreshing_and_removing_allocate_nothing()
    {
        using FasterValueStore store = _folder.Open();
        long now = _folder.Clock.NowUnixMs;
        for (int i = 0; i < 200; i++) store.Put(Keys[i], new SlotInfo(1, 3, now, now + 1_000_000, default), new byte[100], false, now, Policy.Replacing);
        int removed = 0;
        byte[] packed = new byte[100];
        Assert.Equal(0, LeastAllocated(i =>
        {
            store.Refresh(Keys[i % 200], 1, now + i, now + 1_000_000, durable: false, now);
            if (store.Remove(Keys[i % 200], 1)) removed++;
            store.Put(Keys[i % 200], new SlotInfo(1, 3, now, now + 1_000_000, default), packed, false, now, Policy.Replacing);
        }));
        Assert.True(removed > 1000);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_values()
    {
        using FasterValueStore store = _folder.Open();
        long now = _folder.Clock.NowUnixMs;
        byte[] packed = new byte[200];
        Policy policy = Policy.Replacing;
        void Fill(int from, int to)
        {
            for (int i = from; i < to; i++) store.Put(Samples.Key(i), new SlotInfo(1, 3, now, long.MaxValue, default), packed, false, now, policy);
            store.Keeper.RunOnce();
        }

        Fill(0, 20_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(20_000, 140_000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        // 120,000 values of 200 bytes are 24 MB; the store is allowed 4 MiB, and 16 bytes a value for the index.
        Assert.InRange(grown, long.MinValue, (2 << 20) + 120_000 * 16);
        Summer summer = new();
        for (int i = 0; i < 140_000; i += 7) store.Read(Samples.Key(i), now, summer);
        Assert.Equal(140_000 / 7 * 200, summer.Bytes);
    }

    private static readonly Wire.InfoHash[] Keys = [.. Enumerable.Range(0, 200).Select(Samples.Key)];
}
