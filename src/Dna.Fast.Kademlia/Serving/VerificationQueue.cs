using System.Collections.Concurrent;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Checks signatures and certificates off the packet threads: a queue bounded in puts and in bytes, and its threads.</summary>
/// <remarks>
/// Shared by all workers. With 0 threads a put is checked where it is queued, for tests and the simulator; it is finished in the worker's next turn all the same.
/// </remarks>
public sealed class VerificationQueue : IDisposable
{
    private readonly StorePolicy _policy;
    private readonly ConcurrentQueue<PendingPut> _queue = new();
    private readonly SemaphoreSlim _filled = new(0);
    private readonly List<Thread> _threads = [];
    private readonly int _capacity;
    private readonly long _bytesMax;
    private int _count;
    private long _bytes;
    private long _checked;
    private volatile bool _isStopping;

    /// <param name="verifier">Used by all threads at once.</param>
    /// <param name="threads">0 or more.</param>
    /// <param name="capacity">Puts waiting, at most. 4,096 RSA checks are about a fifth of a second of one core, less than a requester's first wait.</param>
    /// <param name="bytesMax">Bytes of values waiting, at most: 16 MiB, so that the capacity can be used by values of 4 KiB.</param>
    public VerificationQueue(IValueVerifier verifier, int threads, int capacity = 4096, long bytesMax = 16 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _policy = new StorePolicy(verifier);
        _capacity = capacity;
        _bytesMax = bytesMax;
        for (int i = 0; i < threads; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = $"verify-{i}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Puts that wait or are being checked. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of their values. Any thread.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Puts checked since start. Any thread.</summary>
    public long Checked => Interlocked.Read(ref _checked);

    /// <summary>Queues a put. Any thread.</summary>
    /// <returns>False when the queue is full or closed: the caller drops and counts.</returns>
    internal bool TryAdd(PendingPut put)
    {
        if (_isStopping || !TryReserve(put.Bytes)) return false;
        if (_threads.Count == 0)
        {
            Check(put);
            return true;
        }

        _queue.Enqueue(put);
        _filled.Release();
        return true;
    }

    /// <summary>Takes no more, checks what waits, ends the threads.</summary>
    public void Dispose()
    {
        if (_isStopping) return;
        _isStopping = true;
        if (_threads.Count > 0) _filled.Release(_threads.Count);
        foreach (Thread thread in _threads) thread.Join();
        _filled.Dispose();
    }

    private bool TryReserve(int bytes)
    {
        int count = Interlocked.Increment(ref _count);
        long held = Interlocked.Add(ref _bytes, bytes);
        if (count <= _capacity && held <= _bytesMax) return true;
        Release(bytes);
        return false;
    }

    private void Release(int bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        Interlocked.Decrement(ref _count);
    }

    private void Work()
    {
        // One release for each put, and one for each thread when the queue closes: a thread that finds nothing is told to end.
        while (true)
        {
            _filled.Wait();
            if (!_queue.TryDequeue(out PendingPut? put)) return;
            Check(put);
        }
    }

    private void Check(PendingPut put)
    {
        put.Verdict = _policy.Verify(put.Key, put.Packed);
        Release(put.Bytes);
        Interlocked.Increment(ref _checked);
        put.Home.Return(put);
    }
}
