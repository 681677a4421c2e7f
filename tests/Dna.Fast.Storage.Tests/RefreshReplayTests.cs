using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>A refresh outlives the lifetime its put began with, over restarts too.</summary>
public sealed class RefreshReplayTests : IDisposable
{
    private const long LifetimeMs = 600_000;
    private static readonly InfoHash Key = InfoHash.OfKey("refreshed");
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_refreshed_before_its_end_is_there_after_a_restart_behind_it(bool durable)
    {
        long start = _folder.Clock.NowUnixMs;
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Put(store, 1, 1, [1, 2, 3], start, start + LifetimeMs);
            InfoHash key = FirstKey(store, start);
            long refreshed = start + 540_000;
            Assert.Equal(PutStatus.Refreshed, store.Refresh(key, 1, refreshed, refreshed + LifetimeMs, durable, refreshed).Status);
        }

        _folder.Clock.NowUnixMs = start + 900_000;
        using FasterValueStore again = _folder.Open();
        Assert.True(again.Contains(FirstKey(again, _folder.Clock.NowUnixMs), _folder.Clock.NowUnixMs));
        Assert.Equal(1, again.Statistics.Values);
    }

    [Fact]
    public void A_value_that_ended_before_the_restart_is_in_no_answer()
    {
        long start = _folder.Clock.NowUnixMs;
        InfoHash key;
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Put(store, 1, 1, [1, 2, 3], start, start + LifetimeMs);
            key = FirstKey(store, start);
        }

        _folder.Clock.NowUnixMs = start + LifetimeMs;
        using FasterValueStore again = _folder.Open();
        Assert.False(again.Contains(key, _folder.Clock.NowUnixMs));
    }

    [Fact]
    public void Value_id_0_is_nowhere()
    {
        using FasterValueStore store = _folder.Open();
        Assert.False(store.ReadOne(Key, 0, _folder.Clock.NowUnixMs, new Keys()));
        Assert.Equal(PutStatus.Refused, store.Refresh(Key, 0, 1, 2, durable: false, _folder.Clock.NowUnixMs).Status);
    }

    private static InfoHash FirstKey(FasterValueStore store, long nowUnixMs)
    {
        var keys = new Keys();
        store.Scan(nowUnixMs, keys);
        return Assert.Single(keys.Seen.Distinct());
    }

    private sealed class Keys : IKeyValueVisitor, IValueVisitor
    {
        public List<InfoHash> Seen { get; } = [];

        public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            Seen.Add(key);
            return true;
        }

        public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed) => true;
    }
}
