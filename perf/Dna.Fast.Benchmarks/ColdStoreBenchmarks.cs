using BenchmarkDotNet.Attributes;

namespace Dna.Fast.Benchmarks;

/// <summary>A store many times larger than its memory: most gets read from the disk, or from the system's cache of it.</summary>
[MemoryDiagnoser]
public class ColdStoreBenchmarks
{
    private const int Values = 100_000;

    /// <summary>The least a store takes.</summary>
    private const long MemoryBytes = 4 << 20;

    private readonly ByteTotal _total = new();
    private SampleStore _sample = null!;

    /// <summary>Reads in a row that allocate nothing: the store knows by then where its index lies.</summary>
    private const int QuietReads = 200;

    /// <summary>The store's upkeep looks for its index within a second or so of the first reads from the disk; a loaded machine takes longer.</summary>
    private const int SettleMsMax = 30_000, LookEveryMs = 20;

    /// <summary>Until its upkeep has found the index, a store reads FASTER's way, which allocates; that is the start of a node, not its reads.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _sample = new SampleStore(Values, MemoryBytes);
        for (int waited = 0; !IsQuiet() && waited < SettleMsMax; waited += LookEveryMs) Thread.Sleep(LookEveryMs);
    }

    private bool IsQuiet()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < QuietReads; i++) GetFromDisk();

        // A few records take FASTER's way even then: the chain of their bucket begins with another key's.
        return GC.GetAllocatedBytesForCurrentThread() - before < QuietReads * 8;
    }

    [GlobalCleanup]
    public void Clean() => _sample.Dispose();

    [Benchmark]
    public long GetFromDisk()
    {
        _sample.Store.Read(_sample.NextKey(), SampleStore.NowUnixMs, _total);
        return _total.Bytes;
    }
}
