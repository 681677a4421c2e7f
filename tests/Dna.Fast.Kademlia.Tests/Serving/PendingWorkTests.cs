using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>Acknowledgements that wait: for a commit, for a signature.</summary>
public sealed class PendingWorkTests
{
    private const ushort SevenDays = 0x1001;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Signer Owner = new();

    [Fact]
    public void Long_lived_value_is_acknowledged_after_its_commit()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        Assert.Empty(bench.Put(ServingBench.Text(1, "a", SevenDays)));
        Assert.Equal(1, bench.Receiver.PendingAcknowledgements);
        Assert.False(bench.Woken.IsSet);
        store.Commit();
        Assert.True(bench.Woken.IsSet);
        ServingBench.AssertAcknowledged(1, bench.Turn());
        Assert.Equal(0, bench.Receiver.PendingAcknowledgements);
    }

    [Fact]
    public void One_commit_is_asked_for_after_a_batch_of_durable_puts_and_none_without_one()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        for (uint i = 1; i <= 5; i++) bench.Receive(to => QueryWriter.Put(to, ServingBench.Stranger, i, ServingBench.Key, ServingBench.Inline(ServingBench.Text(i, "a", SevenDays)), -1, bench.Token()));
        Assert.Equal(0, store.CommitsRequested);
        bench.Turn();
        bench.Turn();
        Assert.Equal(1, store.CommitsRequested);
        store.Commit();
        Assert.Equal(5, bench.Turn().Count);
        bench.Put(ServingBench.Text(9, "a"));
        bench.Turn();
        Assert.Equal(1, store.CommitsRequested);
    }

    [Fact]
    public void Short_lived_value_is_acknowledged_at_once_and_a_commit_wakes_nobody()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        ServingBench.AssertAcknowledged(1, bench.Put(ServingBench.Text(1, "a")));
        store.Commit();
        Assert.False(bench.Woken.IsSet);
    }

    [Fact]
    public void Refresh_of_a_long_lived_value_waits_too()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        bench.Put(ServingBench.Text(1, "a", SevenDays));
        store.Commit();
        bench.Turn();
        Assert.Empty(bench.Send(to => QueryWriter.Refresh(to, ServingBench.Stranger, 4, ServingBench.Key, 1, bench.Token())));
        store.Commit();
        ServingBench.AssertAcknowledged(1, bench.Turn(), t: 4);
    }

    [Fact]
    public void Retransmitted_put_waits_for_its_own_commit_and_both_are_acknowledged()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        Assert.Empty(bench.Put(ServingBench.Text(1, "a", SevenDays)));
        Assert.Empty(bench.Put(ServingBench.Text(1, "a", SevenDays)));
        store.Commit();
        Assert.Equal([1ul, 1], bench.Turn().Select(d => ServingBench.Read(d).ValueId));
        Assert.Equal(["a"], bench.Texts());
    }

    [Fact]
    public void Acknowledgement_nobody_waits_for_any_more_is_dropped()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        bench.Put(ServingBench.Text(1, "a", SevenDays));
        long due = bench.Receiver.Turn(bench.Now, bench.Sink);
        Assert.Equal(bench.Now.Ms + ServingLimits.AcknowledgementAgeMsMax, due);
        bench.Move(ServingLimits.AcknowledgementAgeMsMax);
        Assert.Empty(bench.Turn());
        Assert.Equal(0, bench.Receiver.PendingAcknowledgements);
        Assert.Equal(1, bench.Counters[Counter.DropAcknowledgementLate]);
    }

    [Fact]
    public void Full_ring_drops_and_counts()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store, RateLimits.Off);
        for (int i = 0; i <= ServingLimits.AcknowledgementsMax; i++) bench.Put(ServingBench.Text((ulong)i + 1, "a", SevenDays));
        Assert.Equal(ServingLimits.AcknowledgementsMax, bench.Receiver.PendingAcknowledgements);
        Assert.Equal(1, bench.Counters[Counter.DropAcknowledgementFull]);
        store.Commit();
        Assert.Equal(ServingLimits.AcknowledgementsMax, bench.Turn().Count);
    }

    [Fact]
    public void Full_sink_keeps_acknowledgements_for_the_next_turn()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        bench.Put(ServingBench.Text(1, "a", SevenDays));
        store.Commit();
        bench.Sink.IsFull = true;
        Assert.Equal(bench.Now.Ms, bench.Receiver.Turn(bench.Now, bench.Sink));
        bench.Sink.IsFull = false;
        ServingBench.AssertAcknowledged(1, bench.Turn());
    }

    [Fact]
    public void Listeners_are_told_of_a_value_before_its_commit()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store);
        bench.Context.Listened.Add(ServingBench.Key);
        bench.Put(ServingBench.Text(1, "a", SevenDays));
        Assert.Contains("Stored 1", bench.Inbox.Told);
    }

    [Fact]
    public async Task No_commit_is_missed_between_two_threads()
    {
        using var store = new SlowStore();
        using var bench = new ServingBench(store, RateLimits.Off);
        using var stop = new CancellationTokenSource();
        Task committer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                store.Commit();
                Thread.Yield();
            }
        }, TestContext.Current.CancellationToken);
        try
        {
            for (ulong id = 1; id <= 1000; id++)
            {
                bench.Woken.Reset();
                int sent = bench.Put(ServingBench.Text(id % 100 + 1, "a", SevenDays)).Count;
                if (sent == 0)
                {
                    Assert.True(bench.Woken.Wait(Patience, TestContext.Current.CancellationToken), $"put {id} was never acknowledged");
                    sent = bench.Turn().Count;
                }

                Assert.Equal(1, sent);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await committer;
        }
    }

    [Fact]
    public void Signature_is_checked_on_another_thread_and_the_worker_is_woken()
    {
        using var bench = new ServingBench(verificationThreads: 2);
        using var gate = new ManualResetEventSlim();
        bench.Verifier.Gate = gate;
        Assert.Empty(bench.Put(Owner.Sign(1, 0, "mine")));
        Assert.Equal(1, bench.Receiver.PendingAcknowledgements);

        // The worker serves on while the signature is being checked.
        Assert.Single(bench.Ping());
        gate.Set();
        Assert.True(bench.Woken.Wait(Patience, TestContext.Current.CancellationToken));
        ServingBench.AssertAcknowledged(1, bench.Turn());
        Assert.Equal(["mine"], bench.Texts());
        Assert.Equal(0, bench.Receiver.PendingAcknowledgements);
        Assert.Equal((0, 0L, 1L), (bench.Queue.Count, bench.Queue.Bytes, bench.Queue.Checked));
    }

    [Fact]
    public void Retransmitted_signed_put_is_verified_once()
    {
        using var bench = new ServingBench(verificationThreads: 1);
        using var gate = new ManualResetEventSlim();
        bench.Verifier.Gate = gate;
        byte[] value = Owner.Sign(1, 0, "mine");
        bench.Put(value);
        bench.Put(value);
        bench.Put(value);
        gate.Set();
        Assert.True(bench.Woken.Wait(Patience, TestContext.Current.CancellationToken));
        ServingBench.AssertAcknowledged(1, bench.Turn());
        Assert.Equal(1, bench.Verifier.Calls);
    }

    [Fact]
    public void Full_queue_drops_counts_and_acknowledges_nothing()
    {
        using var bench = new ServingBench(verificationThreads: 1, verificationCapacity: 2);
        using var gate = new ManualResetEventSlim();
        bench.Verifier.Gate = gate;
        for (ulong id = 1; id <= 4; id++) Assert.Empty(bench.Put(Owner.Sign(id, 0, "mine")));
        Assert.Equal(2, bench.Counters[Counter.DropVerifyQueueFull]);
        Assert.Equal(2, bench.Receiver.PendingAcknowledgements);
        gate.Set();
        bench.Queue.Dispose();
        Assert.Equal([1ul, 2], bench.Turn().Select(d => ServingBench.Read(d).ValueId));

        // What was dropped may be tried again; a closed queue takes nothing.
        Assert.Empty(bench.Put(Owner.Sign(3, 0, "mine")));
        Assert.Equal(3, bench.Counters[Counter.DropVerifyQueueFull]);
    }

    [Fact]
    public void Queue_is_bounded_in_bytes()
    {
        var verifier = new RsaVerifier();
        using var gate = new ManualResetEventSlim();
        verifier.Gate = gate;
        using var queue = new VerificationQueue(verifier, threads: 1, capacity: 100, bytesMax: 2000);
        using var bench = new ServingBench();
        var home = new PendingPuts(bench.Context, bench.Counters, queue, null!);
        var slot = new SlotInfo(1, 0, 0, 1, ServingBench.Home);
        Assert.Equal([true, false, true], new[] { 1500, 600, 400 }.Select(bytes =>
        {
            var put = new PendingPut(home);
            put.Fill(ServingBench.Key, slot, Owner.Sign(1, 0, "x").Concat(new byte[bytes]).Take(bytes).ToArray(), default);
            return queue.TryAdd(put);
        }));
        Assert.Equal((2, 1900L), (queue.Count, queue.Bytes));
        gate.Set();
    }

    [Fact]
    public void Closing_the_queue_finishes_what_waits()
    {
        using var bench = new ServingBench(verificationThreads: 2);
        for (ulong id = 1; id <= 30; id++) bench.Receiver.Receive(bench.Now, new Route(ServingBench.Home, default), PutOf(bench, Owner.Sign(id, 0, "x")), bench.Sink);
        bench.Queue.Dispose();
        bench.Turn();
        Assert.Equal(30, bench.Texts().Count);
        Assert.Equal(30, bench.Queue.Checked);
    }

    private static byte[] PutOf(ServingBench bench, byte[] value)
    {
        var datagram = new byte[4096];
        return datagram[..QueryWriter.Put(datagram, ServingBench.Stranger, 1, ServingBench.Key, ServingBench.Inline(value), -1, bench.Token())];
    }
}
