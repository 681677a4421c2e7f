using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Benchmarks;

/// <summary>The durable store with the default memory: 10,000 values fit into it many times over, of 1,000,000 most lie on the disk.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private readonly ByteTotal _total = new();
    private SampleStore _sample = null!;

    [Params(10_000, 1_000_000)]
    public int Values { get; set; }

    [GlobalSetup]
    public void Fill() => _sample = new SampleStore(Values, SampleStore.UsualMemoryBytes);

    [GlobalCleanup]
    public void Clean() => _sample.Dispose();

    [Benchmark]
    public long Get()
    {
        _sample.Store.Read(_sample.NextKey(), SampleStore.NowUnixMs, _total);
        return _total.Bytes;
    }

    /// <summary>A value that is there already, with new bytes: an edit.</summary>
    [Benchmark]
    public PutResult PutOver() => _sample.Put(_sample.NextKey(), durable: false);

    /// <summary>Every value there is.</summary>
    [Benchmark]
    public long Scan()
    {
        _sample.Store.Scan(SampleStore.NowUnixMs, _total);
        return _total.Bytes;
    }

    /// <summary>Closing, opening and the first get.</summary>
    [Benchmark]
    public bool Recover()
    {
        _sample.Reopen();
        return _sample.Store.Contains(_sample.NextKey(), SampleStore.NowUnixMs);
    }
}
