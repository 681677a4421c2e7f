using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Store;

/// <summary>What every <see cref="IValueStore"/> does, whatever it is made of. A derived class supplies an empty store.</summary>
public abstract class ValueStoreConformance : IDisposable
{
    protected const long Now = 1_700_000_000_000;
    protected const long Hour = 3_600_000;

    private readonly Lazy<IValueStore> _store;

    protected ValueStoreConformance() => _store = new Lazy<IValueStore>(Create);

    protected IValueStore Store => _store.Value;

    /// <summary>An empty store whose own clock, if it has one, stands at <see cref="Now"/>.</summary>
    protected abstract IValueStore Create();

    public virtual void Dispose()
    {
        if (_store.IsValueCreated) _store.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static InfoHash Key(int number) => InfoHash.Of(BitConverter.GetBytes(number));

    protected static NodeAddress Source(uint host, ushort port = 4000) => NodeAddress.V4(0xC000_0200 + host, port);

    protected static SlotInfo Slot(ulong id, long created = Now, long expires = Now + Hour, uint host = 1, ushort type = 3) =>
        new(id, type, created, expires, Source(host));

    protected static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private protected static List<(SlotInfo Slot, byte[] Packed)> ReadAll(IValueStore store, in InfoHash key, long now = Now)
    {
        Collector collector = new();
        store.Read(key, now, collector);
        return collector.Seen;
    }

    private PutStatus Put(int key, in SlotInfo slot, byte[] packed, long now = Now, IEditPolicy? policy = null) =>
        Store.Put(Key(key), slot, packed, durable: false, now, policy ?? Policy.Replacing).Status;

    [Fact]
    public void An_empty_store_has_nothing()
    {
        Assert.Empty(ReadAll(Store, Key(1)));
        Assert.False(Store.Contains(Key(1), Now));
        Assert.False(Store.ReadOne(Key(1), 1, Now, new Collector()));
        Assert.False(Store.Remove(Key(1), 1));
        Assert.Equal(PutStatus.Refused, Store.Refresh(Key(1), 1, Now, Now + Hour, durable: false, Now).Status);
        StoreStatistics statistics = Store.Statistics;
        Assert.Equal((0, 0, 0, 0, 0), (statistics.Values, statistics.Bytes, statistics.Keys, statistics.Evicted, statistics.ExpiredRemoved));
        Assert.Equal("ok", statistics.Health);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_500)]
    [InlineData(65_535)]
    [InlineData(WireLimits.ValueBytesMax)]
    public void A_stored_value_comes_back_byte_for_byte_with_all_it_was_stored_with(int length)
    {
        NodeAddress source = NodeAddress.From([0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 4711);
        SlotInfo slot = new(ulong.MaxValue, 0x1002, Now - 5, long.MaxValue, source);
        byte[] packed = Bytes(length, length);
        Assert.Equal(PutStatus.Stored, Put(1, slot, packed));

        (SlotInfo seen, byte[] bytes) = Assert.Single(ReadAll(Store, Key(1)));
        Assert.Equal(slot, seen);
        Assert.Equal(packed, bytes);
        Collector one = new();
        Assert.True(Store.ReadOne(Key(1), ulong.MaxValue, Now, one));
        Assert.Equal(packed, Assert.Single(one.Seen).Packed);
        Assert.True(Store.Contains(Key(1), Now));
    }

    [Fact]
    public void A_value_of_our_own_has_no_source()
    {
        SlotInfo slot = new(7, 3, Now, Now + Hour, default);
        Put(1, slot, [1]);
        Assert.Equal(slot, Assert.Single(ReadAll(Store, Key(1))).Slot);
    }

    [Fact]
    public void Values_of_one_key_come_in_order_of_first_storage()
    {
        ulong[] ids = [9, 3, 12, 1, ulong.MaxValue, 5];
        foreach (ulong id in ids) Put(1, Slot(id), Bytes((int)(id & 0xFF), 40));
        Put(1, Slot(3), Bytes(77, 90));
        Store.Refresh(Key(1), 9, Now + 1, Now + 2 * Hour, durable: false, Now);
        Assert.Equal(ids, ReadAll(Store, Key(1)).Select(static seen => seen.Slot.ValueId));
        Assert.Equal(Bytes(77, 90), ReadAll(Store, Key(1))[1].Packed);
    }

    [Fact]
    public void A_visitor_that_has_enough_is_shown_no_more()
    {
        for (ulong id = 1; id <= 5; id++) Put(1, Slot(id), [1]);
        Collector collector = new(stopAfter: 2);
        Store.Read(Key(1), Now, collector);
        Assert.Equal([1UL, 2UL], collector.Seen.Select(static seen => seen.Slot.ValueId));
    }

    [Fact]
    public void Keys_do_not_mix()
    {
        for (int key = 0; key < 300; key++) Put(key, Slot(1 + (ulong)key % 3), BitConverter.GetBytes(key));
        for (int key = 0; key < 300; key++) Assert.Equal(BitConverter.GetBytes(key), Assert.Single(ReadAll(Store, Key(key))).Packed);
        Assert.Equal((300, 300, 1200), (Store.Statistics.Keys, Store.Statistics.Values, Store.Statistics.Bytes));
    }

    [Fact]
    public void An_equal_value_renews_the_creation_and_takes_the_later_expiry()
    {
        Put(1, Slot(5, expires: Now + 2 * Hour, host: 1), [1, 2]);
        Assert.Equal(PutStatus.Refreshed, Put(1, Slot(5, created: Now + 10, expires: Now + Hour, host: 2), [1, 2]));
        Assert.Equal(Slot(5, created: Now + 10, expires: Now + 2 * Hour, host: 1), Assert.Single(ReadAll(Store, Key(1))).Slot);
        Assert.Equal(PutStatus.Refreshed, Put(1, Slot(5, created: Now + 20, expires: Now + 3 * Hour), [1, 2]));
        Assert.Equal(Slot(5, created: Now + 20, expires: Now + 3 * Hour), Assert.Single(ReadAll(Store, Key(1))).Slot);
        Assert.Equal(1, Store.Statistics.Values);
    }

    [Fact]
    public void An_allowed_edit_replaces_everything()
    {
        Put(1, Slot(5, expires: Now + 2 * Hour, host: 1), [1, 2]);
        SlotInfo edit = Slot(5, created: Now + 10, expires: Now + Hour, host: 2, type: 8);
        Assert.Equal(PutStatus.Replaced, Put(1, edit, [3, 4, 5]));
        (SlotInfo slot, byte[] packed) = Assert.Single(ReadAll(Store, Key(1)));
        Assert.Equal(edit, slot);
        Assert.Equal([3, 4, 5], packed);
        Assert.Equal((1, 3), (Store.Statistics.Values, Store.Statistics.Bytes));
    }

    [Fact]
    public void A_refused_edit_changes_nothing()
    {
        Put(1, Slot(5), [1, 2]);
        Assert.Equal(PutStatus.Refused, Put(1, Slot(5, created: Now + 10, host: 2), [3], policy: Policy.Refusing));
        (SlotInfo slot, byte[] packed) = Assert.Single(ReadAll(Store, Key(1)));
        Assert.Equal(Slot(5), slot);
        Assert.Equal([1, 2], packed);
    }

    [Fact]
    public void The_policy_is_asked_about_the_occupied_slot_only()
    {
        Policy policy = new(EditDecision.Replace);
        Put(1, Slot(5), [1], policy: policy);
        Put(1, Slot(6), [1], policy: policy);
        Put(2, Slot(5), [1], policy: policy);
        Assert.Equal(0, policy.Asked);
        SlotInfo edit = Slot(5, created: Now + 1);
        Put(1, edit, [2], policy: policy);
        Assert.Equal((1, Slot(5), edit), (policy.Asked, policy.OldSlot, policy.NewSlot));
    }

    [Fact]
    public void Refresh_takes_the_new_creation_and_the_later_expiry()
    {
        Put(1, Slot(5, expires: Now + 2 * Hour), [1]);
        Assert.Equal(PutStatus.Refreshed, Store.Refresh(Key(1), 5, Now + 7, Now + Hour, durable: false, Now).Status);
        Assert.Equal(Slot(5, created: Now + 7, expires: Now + 2 * Hour), Assert.Single(ReadAll(Store, Key(1))).Slot);
        Assert.Equal(PutStatus.Refreshed, Store.Refresh(Key(1), 5, Now + 8, Now + 5 * Hour, durable: false, Now).Status);
        Assert.Equal(Slot(5, created: Now + 8, expires: Now + 5 * Hour), Assert.Single(ReadAll(Store, Key(1))).Slot);
        Assert.Equal(PutStatus.Refused, Store.Refresh(Key(1), 6, Now, Now + Hour, durable: false, Now).Status);
    }

    [Fact]
    public void An_expired_value_is_in_no_answer_from_its_expiry_on()
    {
        Put(1, Slot(5, expires: Now + 1000), [1]);
        Put(1, Slot(6, expires: Now + 2000), [2]);
        Assert.Equal(2, ReadAll(Store, Key(1), Now + 999).Count);
        Assert.Equal(6UL, Assert.Single(ReadAll(Store, Key(1), Now + 1000)).Slot.ValueId);
        Assert.False(Store.ReadOne(Key(1), 5, Now + 1000, new Collector()));
        Assert.True(Store.Contains(Key(1), Now + 1999));
        Assert.False(Store.Contains(Key(1), Now + 2000));
        Assert.Equal(PutStatus.Refused, Store.Refresh(Key(1), 6, Now + 2000, Now + Hour, durable: false, Now + 2000).Status);
    }

    [Fact]
    public void A_put_into_an_expired_slot_is_a_put_into_an_empty_one()
    {
        Put(1, Slot(5, expires: Now + 1000), [1]);
        Policy policy = new(EditDecision.Refuse);
        SlotInfo next = Slot(5, created: Now + 1000, expires: Now + Hour, host: 9);
        Assert.Equal(PutStatus.Stored, Put(1, next, [2, 3], Now + 1000, policy));
        Assert.Equal(0, policy.Asked);
        Assert.Equal(next, Assert.Single(ReadAll(Store, Key(1), Now + 1000)).Slot);
        Assert.Equal((1, 2), (Store.Statistics.Values, Store.Statistics.Bytes));
    }

    [Fact]
    public void A_removed_value_is_gone_and_may_come_again_as_the_last()
    {
        Observer observer = new();
        Store.Observe(observer);
        for (ulong id = 1; id <= 3; id++) Put(1, Slot(id), [(byte)id]);
        Assert.True(Store.Remove(Key(1), 2));
        Assert.False(Store.Remove(Key(1), 2));
        Assert.Equal([1UL, 3UL], ReadAll(Store, Key(1)).Select(static seen => seen.Slot.ValueId));
        Assert.Equal(PutStatus.Stored, Put(1, Slot(2), [9]));
        Assert.Equal([1UL, 3UL, 2UL], ReadAll(Store, Key(1)).Select(static seen => seen.Slot.ValueId));
        for (ulong id = 1; id <= 3; id++) Assert.True(Store.Remove(Key(1), id));
        Assert.Equal((0, 0, 0), (Store.Statistics.Keys, Store.Statistics.Values, Store.Statistics.Bytes));
        Assert.Empty(observer.Removals);
    }

    [Fact]
    public void A_value_with_id_zero_or_too_long_is_a_programmers_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Put(1, Slot(0), [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Put(1, Slot(1), new byte[WireLimits.ValueBytesMax + 1]));
    }

    [Fact]
    public void A_key_takes_65536_values_and_no_more()
    {
        for (int id = 1; id <= IValueStore.ValuesPerKeyMax; id++)
        {
            if (Put(1, Slot((ulong)id), [1, 2]) != PutStatus.Stored) Assert.Fail($"value {id} was not stored");
        }

        Assert.Equal(PutStatus.KeyFull, Put(1, Slot(IValueStore.ValuesPerKeyMax + 1), [1]));
        Assert.Equal(PutStatus.Refreshed, Put(1, Slot(77), [1, 2]));
        Assert.Equal(PutStatus.Stored, Put(2, Slot(1), [1]));
        Assert.True(Store.Remove(Key(1), 40_000));
        Assert.Equal(PutStatus.Stored, Put(1, Slot(IValueStore.ValuesPerKeyMax + 1), [1]));
        List<(SlotInfo Slot, byte[] Packed)> all = ReadAll(Store, Key(1));
        Assert.Equal(IValueStore.ValuesPerKeyMax, all.Select(static seen => seen.Slot.ValueId).Distinct().Count());
        Assert.Equal(IValueStore.ValuesPerKeyMax, all.Count);
    }

    [Fact]
    public void Edits_of_one_slot_by_many_threads_happen_one_after_the_other()
    {
        // Each edit adds one to the number it finds: a lost update would show in the sum.
        Put(1, Slot(1), BitConverter.GetBytes(0));
        const int Threads = 4, Rounds = 500;
        Counting policy = new();
        Thread[] threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int round = 0; round < Rounds;)
                {
                    Collector collector = new();
                    Store.ReadOne(Key(1), 1, Now, collector);
                    int found = BitConverter.ToInt32(collector.Seen[0].Packed);
                    if (Put(1, Slot(1), BitConverter.GetBytes(found + 1), policy: policy) == PutStatus.Replaced) round++;
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(Threads * Rounds, BitConverter.ToInt32(Assert.Single(ReadAll(Store, Key(1))).Packed));
    }

    [Fact]
    public void Threads_with_keys_of_their_own_do_not_disturb_each_other()
    {
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 200; i++) Put(thread * 1000 + i % 50, Slot(1 + (ulong)i), Bytes(i, 20 + i));
        });
        for (int thread = 0; thread < 8; thread++)
        {
            for (int i = 0; i < 50; i++) Assert.Equal(4, ReadAll(Store, Key(thread * 1000 + i)).Count);
        }

        Assert.Equal((8 * 200, 8 * 50), (Store.Statistics.Values, Store.Statistics.Keys));
    }

    /// <summary>Compare and set: replaces only by the successor of what is there.</summary>
    private sealed class Counting : IEditPolicy
    {
        public EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) =>
            BitConverter.ToInt32(newPacked) == BitConverter.ToInt32(oldPacked) + 1 ? EditDecision.Replace : EditDecision.Refuse;
    }
}
