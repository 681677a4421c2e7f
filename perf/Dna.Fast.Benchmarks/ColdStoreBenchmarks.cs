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

    [GlobalSetup]
    public void Fill() => _sample = new SampleStore(Values, MemoryBytes);

    [GlobalCleanup]
    public void Clean() => _sample.Dispose();

    [Benchmark]
    public long GetFromDisk()
    {
        _sample.Store.Read(_sample.NextKey(), SampleStore.NowUnixMs, _total);
        return _total.Bytes;
    }
}
