using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>What every query pays before it is answered: the gate, and a token issued or checked.</summary>
[MemoryDiagnoser]
public class GuardBenchmarks
{
    private readonly Gate _gate = new(RateLimits.Stock, 42);
    private readonly Gate _spentGate = new(RateLimits.Stock, 42);
    private readonly TokenMint _mint = new(new FixedRandom(42), new Instant(0, 0));
    private readonly byte[] _token = new byte[WireLimits.TokenBytes];
    private readonly NodeAddress _source = NodeAddress.V4(0x0A00_0001, 4000);
    private uint _sources;
    private long _nowMs;

    [GlobalSetup]
    public void Issue()
    {
        _mint.Write(_source, _token);
        while (_spentGate.Charge(_source, 0) == GateVerdict.Pass)
        {
        }
    }

    [Benchmark]
    public GateVerdict CheckSource() => _gate.CheckSource(_source, 0);

    [Benchmark]
    public GateVerdict ChargeAccepted() => _gate.Charge(NodeAddress.V4(0x0A00_0000 + (_sources++ & 0xFFFF), 4000), _nowMs += 2);

    [Benchmark]
    public GateVerdict ChargeRefused() => _spentGate.Charge(_source, 0);

    [Benchmark]
    public void WriteToken() => _mint.Write(_source, _token);

    [Benchmark]
    public bool CheckToken() => _mint.Check(_source, _token);
}
