using CsCheck;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Store;

public sealed class MemoryValueStoreTests : ValueStoreConformance
{
    protected override IValueStore Create() => new MemoryValueStore();

    [Fact]
    public void The_source_that_occupies_most_loses_its_oldest_expiries_first()
    {
        using MemoryValueStore store = new(limitBytes: 100 * 1256);
        Observer observer = new();
        store.Observe(observer);
        for (int i = 0; i < 20; i++) store.Put(Key(i), Slot(1, host: 1), new byte[1000], false, Now, Policy.Replacing);
        for (int i = 20; i < 100; i++) store.Put(Key(i), Slot(1, expires: Now + Hour + (i * 37 % 80), host: 2), new byte[1000], false, Now, Policy.Replacing);
        Assert.Empty(observer.Removals);

        Assert.Equal(PutStatus.Stored, store.Put(Key(200), Slot(1, host: 3), new byte[1000], false, Now, Policy.Replacing).Status);
        int[] expected = [.. Enumerable.Range(20, 80).OrderBy(static i => i * 37 % 80).Take(observer.Removals.Length)];
        Assert.Equal(expected.Select(static i => Key(i)), observer.Removals.Select(static removal => removal.Key));
        Assert.All(observer.Removals, static removal => Assert.Equal(RemovalReason.Evicted, removal.Reason));
        Assert.InRange(observer.Removals.Length, 5, 10);
        Assert.Equal(observer.Removals.Length, store.Statistics.Evicted);
        Assert.Equal(101 - observer.Removals.Length, store.Statistics.Values);
    }

    [Fact]
    public void Addresses_of_one_64_prefix_are_one_source()
    {
        Assert.Equal(SourcePrefix.Of(Ip("2001:db8::1")), SourcePrefix.Of(Ip("2001:db8::ffff:2")));
        Assert.NotEqual(SourcePrefix.Of(Ip("2001:db8::1")), SourcePrefix.Of(Ip("2001:db8:0:1::1")));
        Assert.NotEqual(SourcePrefix.Of(Ip("192.0.2.1")), SourcePrefix.Of(Ip("192.0.2.2")));
        Assert.Equal(SourcePrefix.Of(Source(1, 1)), SourcePrefix.Of(Source(1, 2)));
        Assert.False(SourcePrefix.Of(default).IsCharged);

        static NodeAddress Ip(string text) => NodeAddress.TryParse(text, 1, out NodeAddress address) ? address : throw new FormatException(text);
    }

    [Fact]
    public void Own_values_are_never_evicted_and_leave_strangers_what_remains()
    {
        using MemoryValueStore store = new(limitBytes: 10 * 1256);
        for (int i = 0; i < 12; i++)
        {
            SlotInfo own = new(1, 3, Now, Now + Hour, default);
            Assert.Equal(PutStatus.Stored, store.Put(Key(i), own, new byte[1000], false, Now, Policy.Replacing).Status);
        }

        Assert.Equal(PutStatus.StoreFull, store.Put(Key(50), Slot(1), new byte[1], false, Now, Policy.Replacing).Status);
        Assert.Equal((12, 0), (store.Statistics.Values, store.Statistics.Evicted));
    }

    [Fact]
    public void A_replacement_never_evicts_the_slot_it_replaces()
    {
        using MemoryValueStore store = new(limitBytes: 3000);
        store.Put(Key(1), Slot(1), new byte[100], false, Now, Policy.Replacing);
        Assert.Equal(PutStatus.Replaced, store.Put(Key(1), Slot(1), new byte[2700], false, Now, Policy.Replacing).Status);
        Assert.Equal(PutStatus.StoreFull, store.Put(Key(1), Slot(1), new byte[5000], false, Now, Policy.Replacing).Status);
        Assert.Equal(2700, Assert.Single(ReadAll(store, Key(1))).Packed.Length);
    }

    [Fact]
    public void Expired_values_are_removed_and_told_of_by_any_call_with_a_later_now()
    {
        Observer observer = new();
        Store.Observe(observer);
        for (int i = 0; i < 50; i++) Store.Put(Key(i), Slot(1, expires: Now + 1 + i), [1], false, Now, Policy.Replacing);
        Store.Contains(Key(1000), Now + 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => (Key(i), 1UL, RemovalReason.Expired)), observer.Removals);
        Assert.Equal((30, 30, 20), (Store.Statistics.Values, Store.Statistics.Bytes, Store.Statistics.ExpiredRemoved));
    }

    [Fact]
    public void Pain_16_the_limit_holds_whatever_arrives()
    {
        Gen.Int[1, 4000].Array[200].Sample(lengths =>
        {
            using MemoryValueStore store = new(limitBytes: 50_000);
            for (int i = 0; i < lengths.Length; i++)
            {
                SlotInfo slot = Slot(1 + (ulong)i % 5, expires: Now + lengths[i], host: (uint)lengths[i] % 7);
                store.Put(Key(i % 40), slot, Bytes(i, lengths[i]), false, Now, Policy.Replacing);
                StoreStatistics statistics = store.Statistics;
                long live = 0, bytes = 0;
                for (int key = 0; key < 40; key++)
                {
                    List<(SlotInfo Slot, byte[] Packed)> seen = ReadAll(store, Key(key));
                    live += seen.Count;
                    bytes += seen.Sum(static one => one.Packed.Length);
                }

                if (statistics.Values != live || statistics.Bytes != bytes) return false;
                if (bytes + live * MemoryValueStore.SlotOverheadBytes > 50_000) return false;
            }

            return true;
        }, iter: 20);
    }

    [Fact]
    public void Reading_and_refreshing_allocate_nothing()
    {
        for (ulong id = 1; id <= 8; id++) Store.Put(Key(1), Slot(id), new byte[100], false, Now, Policy.Replacing);
        Summer summer = new();
        byte[] same = new byte[100], other = Bytes(1, 100);
        void Round(int i)
        {
            Store.Read(Key1, Now, summer);
            Store.ReadOne(Key1, 3, Now, summer);
            Store.Put(Key1, Slot(3, expires: Now + Hour + i), same, false, Now, Policy.Replacing);
            Store.Put(Key1, Slot(4, expires: Now + Hour + i), i % 2 == 0 ? other : same, false, Now, Policy.Replacing);
            Store.Refresh(Key1, 2, Now + i, Now + Hour + i, false, Now);
        }

        int turn = 0;
        Assert.Equal(0, Allocation.PerThousand(() => Round(turn++)));
    }

    private static readonly InfoHash Key1 = Key(1);
}
