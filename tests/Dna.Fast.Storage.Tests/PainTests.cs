using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>What the original's database lost at every restart: rows of the pain table (DNA layer, section 21).</summary>
public sealed class PainTests : IDisposable
{
    private const int Owners = 3;
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pain_8_every_writers_value_under_a_shared_key_survives_a_restart()
    {
        using (FasterValueStore store = _folder.Open()) Fill(store, TypeRegistry.SevenDays);
        using FasterValueStore again = _folder.Open();
        var collector = new Collector();
        again.Read(Samples.Key(1), _folder.Clock.NowUnixMs, collector);
        Assert.Equal([1UL, 2UL, 3UL], collector.Seen.Select(seen => seen.Slot.ValueId).Order());
    }

    [Fact]
    public void Pain_9_a_value_lies_after_a_restart_under_the_key_it_was_put_under_and_nowhere_else()
    {
        using (FasterValueStore store = _folder.Open()) Fill(store, TypeRegistry.Year);
        using FasterValueStore again = _folder.Open();
        InfoHash key = Samples.Key(1);
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        key.CopyTo(bytes);
        Assert.True(again.Contains(key, _folder.Clock.NowUnixMs));
        Assert.False(again.Contains(InfoHash.Of(bytes), _folder.Clock.NowUnixMs));
        Assert.False(again.Contains(InfoHash.Of(System.Text.Encoding.ASCII.GetBytes(key.ToString())), _folder.Clock.NowUnixMs));
        Assert.Equal(1, again.Statistics.Keys);
    }

    [Fact]
    public void Pain_10_as_many_values_are_recovered_as_were_put()
    {
        using (FasterValueStore store = _folder.Open()) Fill(store, TypeRegistry.Year);
        using FasterValueStore again = _folder.Open();
        Assert.Equal((Owners, Owners, 0), (again.Statistics.Recovered, again.Statistics.Values, again.Statistics.Damaged));
    }

    [Theory]
    [InlineData(TypeRegistry.SevenDays)]
    [InlineData(TypeRegistry.ThirtyDays)]
    [InlineData(TypeRegistry.Year)]
    public void Pain_13_values_of_every_lasting_type_survive_with_what_is_left_of_their_life(ushort type)
    {
        using (FasterValueStore store = _folder.Open()) Fill(store, type);
        long put = _folder.Clock.NowUnixMs;
        _folder.Clock.NowUnixMs += TypeRegistry.LifetimeMs(type) - 1000;
        using (FasterValueStore again = _folder.Open())
        {
            var collector = new Collector();
            again.Read(Samples.Key(1), _folder.Clock.NowUnixMs, collector);
            Assert.Equal(Owners, collector.Seen.Count);
            Assert.All(collector.Seen, seen =>
            {
                Assert.Equal((type, put, put + TypeRegistry.LifetimeMs(type)), (seen.Slot.Type, seen.Slot.CreatedUnixMs, seen.Slot.ExpiresUnixMs));
                Assert.Equal(PackedOf(seen.Slot.ValueId), seen.Packed);
            });
        }

        _folder.Clock.NowUnixMs += 1001;
        using FasterValueStore late = _folder.Open();
        Assert.False(late.Contains(Samples.Key(1), _folder.Clock.NowUnixMs));
    }

    // Three writers of one key, each with an id of its own, as signed values of 1,100 bytes come.
    private void Fill(FasterValueStore store, ushort type)
    {
        long now = _folder.Clock.NowUnixMs;
        for (ulong id = 1; id <= Owners; id++)
        {
            var slot = new SlotInfo(id, type, now, now + TypeRegistry.LifetimeMs(type), NodeAddress.V4(0xC000_0200 + (uint)id, 4000));
            Assert.Equal(PutStatus.Stored, store.Put(Samples.Key(1), slot, PackedOf(id), durable: true, now, Policy.Replacing).Status);
        }
    }

    private static byte[] PackedOf(ulong id)
    {
        byte[] packed = new byte[1100];
        new Random((int)id).NextBytes(packed);
        return packed;
    }
}
