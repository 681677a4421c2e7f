using System.Diagnostics;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>One thread with its sockets and its handler: waits, receives, hands over, sends; nothing else runs on it.</summary>
internal sealed class Worker
{
    /// <summary>Longest wait in milliseconds: housekeeping has to come round.</summary>
    private const int WaitMsMax = 1000;

    /// <summary>After a handler's turn threw, the next one comes this many milliseconds later and not at once, so that a bug does not spin.</summary>
    private const long FailedTurnPauseMs = 100;

    private const long HousekeepingMs = 1000;

    /// <summary>One round in so many is timed: two more reads of a clock for each would be felt at a hundred thousand rounds a second.</summary>
    private const uint SampledRounds = 64;

    private static readonly long TicksPerMicrosecond = Math.Max(1, Stopwatch.Frequency / 1_000_000);

    private readonly DatagramPipeline[] _pipelines;
    private readonly Waiter _waiter;
    private readonly IDatagramHandler _handler;
    private readonly IClock _clock;
    private readonly WorkerSink _sink;
    private readonly FailureReport _failures;
    private readonly Thread _thread;
    private long _housekeepingDueMs;
    private long _turnedMs;
    private uint _rounds;
    private int _first;
    private volatile bool _isStopping;

    public Worker(int index, IReadOnlyList<UdpSocket> sockets, Waiter waiter, IDatagramHandler handler, NetOptions options)
    {
        _pipelines = [.. sockets.Select(socket => new DatagramPipeline(socket, Counters))];
        _waiter = waiter;
        _handler = handler;
        _clock = options.Clock;
        _sink = new WorkerSink(_pipelines, Counters);
        _failures = new FailureReport(index, Counters, options.HandlerFailed);
        _thread = new Thread(Run) { IsBackground = true, Name = $"dna-net-{index}" };
    }

    public CounterSet Counters { get; } = new();

    /// <summary>When the thread last ended a wait, at most <see cref="WaitMsMax"/> ago while it is well. Any thread.</summary>
    public long TurnedMs => Volatile.Read(ref _turnedMs);

    /// <summary>How long it took from the end of a wait to the last datagram handed to the kernel: one round in <see cref="SampledRounds"/>.</summary>
    public LatencyHistogram Rounds { get; } = new();

    public void Start()
    {
        _handler.Attach(_waiter.Wake);
        _thread.Start();
    }

    /// <summary>Asks the thread to end. Any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        _waiter.Wake();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>False when the thread did not end in time; its sockets must stay open then.</returns>
    public bool Join(TimeSpan timeout) => !_thread.IsAlive || _thread.Join(timeout);

    /// <summary>After the thread ended.</summary>
    public void Close()
    {
        foreach (DatagramPipeline pipeline in _pipelines) pipeline.Dispose();
        _waiter.Dispose();
    }

    private void Run()
    {
        Instant now = _clock.Now;
        Volatile.Write(ref _turnedMs, now.Ms);
        long dueMs = Turn(now);
        bool isMore = false;
        while (!_isStopping)
        {
            _waiter.Wait(isMore ? 0 : (int)Math.Clamp(dueMs - now.Ms, 0, WaitMsMax));
            now = _clock.Now;
            Volatile.Write(ref _turnedMs, now.Ms);
            bool isSampled = _rounds++ % SampledRounds == 0;
            long started = isSampled ? Stopwatch.GetTimestamp() : 0;
            isMore = ReceiveBatches(now);
            dueMs = Turn(now);
            if (isSampled) Rounds.Add((Stopwatch.GetTimestamp() - started) / TicksPerMicrosecond);
            if (now.Ms >= _housekeepingDueMs) Housekeep(now);
        }
    }

    // One batch of each socket in turn, the first one another each time: a flood on one family does not starve the other.
    private bool ReceiveBatches(in Instant now)
    {
        bool isMore = false;
        int count = _pipelines.Length;
        _first = _first + 1 < count ? _first + 1 : 0;
        for (int step = 0; step < count; step++)
        {
            int index = _first + step < count ? _first + step : _first + step - count;
            DatagramPipeline pipeline = _pipelines[index];
            if (pipeline.IsBlocked && _waiter.IsWritable(index)) Flush(index);
            if (pipeline.IsBlocked || !_waiter.IsReadable(index)) continue;
            _sink.Current = index;
            isMore |= pipeline.Receive(now, _handler, _sink, _failures) == UdpSocket.BatchMax;
            Flush(index);
        }

        return isMore;
    }

    private long Turn(in Instant now)
    {
        _sink.Current = 0;
        for (int i = 0; i < _pipelines.Length; i++)
        {
            if (!_pipelines[i].IsBlocked) _sink.Current = i;
        }

        long dueMs;
        try
        {
            dueMs = _handler.Turn(now, _sink);
        }
#pragma warning disable CA1031 // A bug in one turn must not end the node: it is counted and reported.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failures.Add(now, failure);
            dueMs = now.Ms + FailedTurnPauseMs;
        }

        for (int i = 0; i < _pipelines.Length; i++) Flush(i);
        return dueMs;
    }

    private void Flush(int index)
    {
        DatagramPipeline pipeline = _pipelines[index];
        bool wasBlocked = pipeline.IsBlocked;
        pipeline.Flush();
        // While replies wait nothing is received: the sender of queries feels it in the kernel's queue, where drops are cheap.
        if (pipeline.IsBlocked != wasBlocked) _waiter.Watch(index, readable: wasBlocked, writable: !wasBlocked);
    }

    private void Housekeep(in Instant now)
    {
        _housekeepingDueMs = now.Ms + HousekeepingMs;
        foreach (DatagramPipeline pipeline in _pipelines) pipeline.Housekeep();
    }
}
