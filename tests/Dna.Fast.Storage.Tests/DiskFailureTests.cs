using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Store;

namespace Dna.Fast.Storage.Tests;

/// <summary>A disk that takes nothing, and directories that cannot be had.</summary>
public sealed class DiskFailureTests : IDisposable
{
    private const int TimeoutMs = 20_000;

    private readonly FaultyDisk _disk = new();
    private readonly StoreFolder _folder;

    public DiskFailureTests() => _folder = new StoreFolder { Disk = _disk };

    public void Dispose() => _folder.Dispose();

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeoutMs));

    private PutResult PutDurably(FasterValueStore store, int key) =>
        Samples.Put(store, key, 1, BitConverter.GetBytes(key), _folder.Clock.NowUnixMs, long.MaxValue, durable: true);

    private int Present(FasterValueStore store, int keys) =>
        Enumerable.Range(0, keys).Count(key => store.Contains(Samples.Key(key), _folder.Clock.NowUnixMs));

    [Theory]
    [InlineData("Full", "full")]
    [InlineData("SyncFails", "fails")]
    public void A_disk_that_takes_nothing_stops_acknowledgements_and_puts_and_loses_nothing(string mode, string word)
    {
        Observer observer = new();
        int acknowledged = 0;
        using (FasterValueStore store = _folder.Open())
        {
            store.Observe(observer);
            PutResult first = PutDurably(store, 0);
            Until(() => store.CommittedTicket >= first.Ticket);
            acknowledged++;

            _disk.Now = Enum.Parse<FaultyDisk.Mode>(mode);
            int told = observer.CommittedCalls;
            PutResult doomed = PutDurably(store, 1);
            Until(() => store.Statistics.Health != "ok");
            Until(() => observer.CommittedCalls > told);
            Assert.Contains(word, store.Statistics.Health, StringComparison.Ordinal);
            Assert.True(store.CommittedTicket < doomed.Ticket);
            Assert.Equal(PutStatus.StoreFull, PutDurably(store, 2).Status);
            Assert.Equal(PutStatus.StoreFull, store.Refresh(Samples.Key(0), 1, 0, long.MaxValue, durable: true, 0).Status);
            Assert.True(store.Contains(Samples.Key(0), _folder.Clock.NowUnixMs));

            _disk.Now = FaultyDisk.Mode.Works;
            Until(() => store.CommittedTicket >= doomed.Ticket);
            acknowledged++;
            Until(() => store.Statistics.Health == "ok");
            PutResult last = PutDurably(store, 2);
            Assert.Equal(PutStatus.Stored, last.Status);
            Until(() => store.CommittedTicket >= last.Ticket);
            acknowledged++;
        }

        using FasterValueStore again = _folder.Open();
        Assert.Equal(acknowledged, Present(again, 10));
    }

    [Fact]
    public void Pain_30_a_store_closes_in_bounded_time_on_a_full_disk()
    {
        FasterValueStore store = _folder.Open();
        PutResult first = PutDurably(store, 0);
        Until(() => store.CommittedTicket >= first.Ticket);
        _disk.Now = FaultyDisk.Mode.Full;
        PutDurably(store, 1);
        Thread closing = new(store.Dispose);
        closing.Start();
        Assert.True(closing.Join(TimeoutMs));
        _disk.Now = FaultyDisk.Mode.Works;
        using FasterValueStore again = _folder.Open();
        Assert.True(again.Contains(Samples.Key(0), _folder.Clock.NowUnixMs));
    }

    [Fact]
    public void A_disk_that_fills_up_under_load_loses_nothing_acknowledged()
    {
        // The disk comes and goes while values large enough to push pages out of memory arrive.
        HashSet<int> acknowledged = [];
        using (FasterValueStore store = _folder.Open())
        {
            List<(int Key, long Ticket)> waiting = [];
            for (int key = 0; key < 600; key++)
            {
                if (key % 100 == 50) _disk.Now = FaultyDisk.Mode.Full;
                if (key % 100 == 80) _disk.Now = FaultyDisk.Mode.Works;
                if (key % 100 == 80) Until(() => store.Statistics.Health == "ok");
                PutResult put = Samples.Put(store, key, 1, new byte[20_000], _folder.Clock.NowUnixMs, long.MaxValue, durable: true);
                if (put.Status == PutStatus.Stored) waiting.Add((key, put.Ticket));
            }

            Until(() => store.CommittedTicket >= waiting[^1].Ticket);
            acknowledged.UnionWith(waiting.Select(static one => one.Key));
        }

        Assert.InRange(acknowledged.Count, 100, 600);
        using FasterValueStore again = _folder.Open();
        for (int key = 0; key < 600; key++) Assert.Equal(acknowledged.Contains(key), again.Contains(Samples.Key(key), _folder.Clock.NowUnixMs));
    }

    [Fact]
    public void A_checkpoint_that_finds_no_room_leaves_the_one_before()
    {
        using (FasterValueStore store = _folder.Open())
        {
            Samples.Fill(store, _folder.Clock, 300);
            Assert.True(store.Keeper.Checkpoint());
            _disk.Now = FaultyDisk.Mode.Full;
            Assert.False(store.Keeper.Checkpoint());
            Assert.Contains("checkpoint", store.Statistics.Health, StringComparison.Ordinal);
            _disk.Now = FaultyDisk.Mode.Works;
            Assert.True(store.Keeper.Checkpoint());
            Assert.Equal("ok", store.Statistics.Health);
        }

        using FasterValueStore again = _folder.Open();
        Samples.Check(again, _folder.Clock, 300);
    }

    [Fact]
    public void A_second_opener_is_told_so()
    {
        using FasterValueStore store = _folder.Open();
        OpenResult second = FasterValueStore.Open(_folder.Options);
        Assert.Equal(OpenStatus.InUse, second.Status);
        Assert.Null(second.Store);
        Assert.Contains(_folder.Path, second.Message, StringComparison.Ordinal);
        Assert.Contains("in use", second.Message, StringComparison.Ordinal);
        store.Dispose();
        _folder.Open().Dispose();
    }

    [Fact]
    public void Pain_14_opening_without_permission_or_room_says_so_and_leaves_the_directory_free()
    {
        _disk.Now = FaultyDisk.Mode.Forbidden;
        OpenResult forbidden = FasterValueStore.Open(_folder.Options);
        Assert.Equal(OpenStatus.NoPermission, forbidden.Status);
        Assert.Contains("permission", forbidden.Message, StringComparison.Ordinal);
        _disk.Now = FaultyDisk.Mode.Full;
        OpenResult full = FasterValueStore.Open(_folder.Options);
        Assert.Equal(OpenStatus.DiskFull, full.Status);
        Assert.Contains("make room", full.Message, StringComparison.Ordinal);
        _disk.Now = FaultyDisk.Mode.Works;
        _folder.Open().Dispose();
    }
}
