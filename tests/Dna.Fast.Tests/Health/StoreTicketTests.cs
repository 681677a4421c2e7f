using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Health;

/// <summary>What the check of the store rests on: the durable store says what it has appended and what of it is on the disk.</summary>
public sealed class StoreTicketTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "dna-ticket-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_store_that_took_nothing_waits_for_no_commit()
    {
        using IValueStore store = Open();
        Assert.Equal(store.CommittedTicket, store.Statistics.AppendedTicket);
        Assert.False(store.Statistics.IsStalled);
        Assert.Equal(0, Commits(store));
    }

    [Fact]
    public void A_put_is_appended_then_committed_and_the_commit_is_timed()
    {
        using IValueStore store = Open();
        var slot = new SlotInfo(1, 0x1001, 1, long.MaxValue, default);
        PutResult put = store.Put(InfoHash.OfKey("key"), slot, new byte[100], durable: true, 2, new NeverAsked());
        Assert.Equal(PutStatus.Stored, put.Status);
        Assert.True(store.Statistics.AppendedTicket >= put.Ticket);
        store.RequestCommit();
        Assert.True(SpinWait.SpinUntil(() => store.CommittedTicket >= put.Ticket && Commits(store) > 0, Patience));
        Assert.True(SpinWait.SpinUntil(() => store.Statistics.AppendedTicket == store.CommittedTicket, Patience));
    }

    private static long Commits(IValueStore store)
    {
        long count = 0;
        for (int i = 0; i <= Kademlia.LatencyHistogram.Bounds.Length; i++) count += store.Statistics.Commits![i];
        return count;
    }

    private IValueStore Open()
    {
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = _directory, MemoryBytes = 1 << 26, LimitBytes = 1 << 30 });
        return opened.Store ?? throw new InvalidOperationException(opened.Message);
    }

    private sealed class NeverAsked : IEditPolicy
    {
        public EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) =>
            throw new InvalidOperationException("the slot is empty");
    }
}
