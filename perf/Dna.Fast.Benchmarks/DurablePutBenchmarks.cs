using BenchmarkDotNet.Attributes;

namespace Dna.Fast.Benchmarks;

/// <summary>Puts that are on the disk before they are acknowledged.</summary>
[MemoryDiagnoser]
public class DurablePutBenchmarks
{
    private const int Values = 10_000, Batch = 64;

    /// <summary>Puts of 300 bytes that fill the memory of the value log, half of the store's: its pages are taken as they are first needed.</summary>
    private const int PutsForAllPages = 150_000;

    private SampleStore _sample = null!;

    [GlobalSetup]
    public void Fill()
    {
        _sample = new SampleStore(Values, SampleStore.UsualMemoryBytes);
        for (int i = 0; i < PutsForAllPages; i++) _sample.Put(_sample.NextKey(), durable: true);
    }

    [GlobalCleanup]
    public void Clean() => _sample.Dispose();

    /// <summary>64 values as a network would bring them, all on the disk before the last is acknowledged.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public long PutBatch()
    {
        long ticket = 0;
        for (int i = 0; i < Batch; i++) ticket = _sample.Put(_sample.NextKey(), durable: true).Ticket;
        _sample.Store.RequestCommit();
        SpinWait spin = default;
        while (_sample.Store.CommittedTicket < ticket) spin.SpinOnce();
        return ticket;
    }
}
