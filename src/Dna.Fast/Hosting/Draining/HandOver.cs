using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Draining;

/// <summary>Gives all values of a store that have time left to the nodes nearest to each, a part of the store at a time.</summary>
internal sealed class HandOver(Node node, FasterValueStore store, TimeProvider time)
{
    /// <summary>A value whose life ends sooner would be gone before anybody asks for it.</summary>
    private const long LeftMsMin = 60_000;

    /// <summary>Values on their way at once. Each is a search of a dozen requests; together they stay below what one source may ask of stock nodes.</summary>
    private const int AtATime = 32;

    /// <summary>What is read of the store at a time, in bytes of its log, and so held in memory.</summary>
    private const long PartBytes = 1 << 20;

    private long _handed;
    private long _failed;

    public long Handed => Interlocked.Read(ref _handed);

    /// <summary>No node took them.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Runs until all are handed over, or cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var turns = new SemaphoreSlim(AtATime);
        for (long at = 0; at >= 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            long nowUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var part = new Part(nowUnixMs);
            long from = at;
            at = await Task.Run(() => store.ScanPart(from, PartBytes, nowUnixMs, part), cancellation).ConfigureAwait(false);
            foreach ((InfoHash key, byte[] packed, long createdUnixMs) in part.Values)
            {
                await turns.WaitAsync(cancellation).ConfigureAwait(false);
                node.HandOver(key, packed, createdUnixMs, outcome =>
                {
                    if (outcome.Acknowledged > 0) Interlocked.Increment(ref _handed);
                    else Interlocked.Increment(ref _failed);
                    // After a cancel nobody waits any more, and the semaphore may be gone.
                    if (!cancellation.IsCancellationRequested) Release(turns);
                });
            }
        }

        for (int i = 0; i < AtATime; i++) await turns.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private static void Release(SemaphoreSlim turns)
    {
        try
        {
            turns.Release();
        }
        catch (ObjectDisposedException)
        {
            // Cancelled in between.
        }
    }

    private sealed class Part(long nowUnixMs) : IKeyValueVisitor
    {
        public List<(InfoHash Key, byte[] Packed, long CreatedUnixMs)> Values { get; } = [];

        public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            if (slot.ExpiresUnixMs - nowUnixMs >= LeftMsMin) Values.Add((key, packed.ToArray(), slot.CreatedUnixMs));
            return true;
        }
    }
}
