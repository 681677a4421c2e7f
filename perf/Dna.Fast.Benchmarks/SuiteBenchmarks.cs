using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Benchmarks;

/// <summary>What a record costs in cryptography: keys from seeds, a signature made and verified, a text of 200 bytes sealed to two and opened by the second.</summary>
[MemoryDiagnoser]
public class SuiteBenchmarks
{
    private readonly byte[] _seed = new byte[MasterSeeds.Bytes];
    private readonly byte[] _message = new byte[200];
    private readonly byte[] _key = new byte[32];
    private IIdentitySuite _suite = null!;
    private IIdentityKeys _alice = null!;
    private IIdentityKeys _bob = null!;
    private byte[] _signature = [];
    private byte[] _wrapped = [];
    private byte[] _envelope = [];

    [Params(SuiteId.Messenger, SuiteId.Fast)]
    public SuiteId Suite { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _suite = new UserSuites(RandomNumberGenerator.Fill).Find(Suite)!;
        _alice = _suite.FromSeeds(_seed, _seed);
        _key[0] = 1;
        _bob = _suite.FromSeeds(_key, _key);
        _signature = new byte[_suite.SignatureBytes];
        _wrapped = new byte[_suite.WrappedKeyBytes];
        _alice.Sign(_message, _signature);
        WrapKey();
        _envelope = Seal();
    }

    [GlobalCleanup]
    public void Forget()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Benchmark]
    public void FromSeeds() => _suite.FromSeeds(_seed, _seed).Dispose();

    [Benchmark]
    public void Sign() => _alice.Sign(_message, _signature);

    [Benchmark]
    public bool Verify() => _suite.Verify(_alice.SigningKey.Span, _message, _signature);

    [Benchmark]
    public void WrapKey() => _suite.WrapKey(_bob.EncryptionKey.Span, _key, _wrapped);

    [Benchmark]
    public bool UnwrapKey() => _bob.TryUnwrapKey(_wrapped, _key);

    [Benchmark]
    public byte[] Seal() => _alice.Seal([_alice.EncryptionKey, _bob.EncryptionKey], _message)!;

    [Benchmark]
    public OpenStatus Open() => _bob.Open(_envelope, out _, out _);
}
