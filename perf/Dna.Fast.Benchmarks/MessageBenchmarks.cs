using BenchmarkDotNet.Attributes;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>What it costs to read and to write one datagram of each form.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private readonly SampleMessages _samples = new();
    private readonly byte[] _room = new byte[2048];
    private byte[] _datagram = [];

    [ParamsAllValues]
    public MessageForm Form { get; set; }

    [GlobalSetup]
    public void Write()
    {
        _datagram = _room[.._samples.Write(Form, _room)];
        if (Decode() != DecodeStatus.Ok) throw new InvalidOperationException($"{Form} cannot be read");
    }

    [Benchmark]
    public DecodeStatus Decode() => MessageReader.Read(_datagram, out _);

    [Benchmark]
    public int Encode() => _samples.Write(Form, _room);
}
