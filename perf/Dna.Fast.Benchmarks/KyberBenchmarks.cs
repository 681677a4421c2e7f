using BenchmarkDotNet.Attributes;
using Dna.Fast.Identity;

namespace Dna.Fast.Benchmarks;

/// <summary>Kyber1024 round 3 by itself.</summary>
[MemoryDiagnoser]
public class KyberBenchmarks
{
    private readonly byte[] _seed = new byte[Kyber1024.SecretBytes];
    private readonly byte[] _publicKey = new byte[Kyber1024.PublicKeyBytes];
    private readonly byte[] _privateKey = new byte[Kyber1024.PrivateKeyBytes];
    private readonly byte[] _ciphertext = new byte[Kyber1024.CiphertextBytes];
    private readonly byte[] _secret = new byte[Kyber1024.SecretBytes];

    [GlobalSetup]
    public void Prepare()
    {
        DeriveKeyPair();
        Encapsulate();
    }

    [Benchmark]
    public void DeriveKeyPair() => Kyber1024.DeriveKeyPair(_seed, _publicKey, _privateKey);

    [Benchmark]
    public void Encapsulate() => Kyber1024.Encapsulate(_publicKey, _seed, _ciphertext, _secret);

    [Benchmark]
    public void Decapsulate() => Kyber1024.Decapsulate(_ciphertext, _privateKey, _secret);
}
