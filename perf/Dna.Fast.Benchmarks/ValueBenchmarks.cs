using BenchmarkDotNet.Attributes;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>Canonicalisation: a value as it came is read and written in the one form that is stored.</summary>
[MemoryDiagnoser]
public class ValueBenchmarks
{
    /// <summary>Lengths of a key of 2,048 bits as DER, and of a signature by it.</summary>
    private const int OwnerBytes = 294, SignatureBytes = 256;

    private readonly byte[] _room = new byte[2048];
    private byte[] _packed = [];

    [Params(false, true)]
    public bool Signed { get; set; }

    [GlobalSetup]
    public void Pack()
    {
        Random random = new(42);
        _packed = Signed ? SignedValue(random) : SampleMessages.PlainValue(random);
        if (Canonicalise() != _packed.Length) throw new InvalidOperationException("the value does not come back");
    }

    [Benchmark]
    public int Canonicalise() =>
        ValueReader.Read(_packed, out ValueView value, out _) == DecodeStatus.Ok ? ValueWriter.Write(_room, value) : 0;

    /// <summary>Nothing here checks key and signature; only their lengths count.</summary>
    private static byte[] SignedValue(Random random)
    {
        byte[] owner = SampleMessages.Bytes(random, OwnerBytes);
        owner[0] = 0x30;
        new ValueBuilder
        {
            Id = 1,
            Type = 3,
            Data = SampleMessages.Bytes(random, SampleMessages.ValueBytes),
            Owner = owner,
            Seq = 5,
            Signature = SampleMessages.Bytes(random, SignatureBytes),
        }.Pack(out byte[] packed);
        return packed;
    }
}
